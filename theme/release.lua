-- What both outputs of the release need of its Markdown. Quarto runs this filter, and so does the
-- embedded engine.
--   * markers: [c]{.marker} is shown as [c], in brackets;
--   * tables: the first column heads its row; cells say their scope and alignment without styles;
--   * boxes: divisions with a class of the release become functions of the Typst template.

local typst = FORMAT:match("typst") ~= nil
local html = FORMAT:match("html") ~= nil

local boxes = {
  ["main-points"] = true,
  ["synthetic-notice"] = true,
  ["notes"] = true,
  ["summary"] = true,
}

local function escaped(text)
  return (text:gsub("[\\#%$%*_`<>@%[%]~/%-%+=\"']", "\\%0"))
end

local function bracketed(span)
  local text = pandoc.utils.stringify(span.content)
  if text:sub(1, 1) ~= "[" then
    span.content:insert(1, pandoc.Str("["))
    span.content:insert(pandoc.Str("]"))
  end
  return span
end

function Span(span)
  if span.classes:includes("marker") then
    span = bracketed(span)
    if typst then
      return { pandoc.RawInline("typst", "#marker["), span, pandoc.RawInline("typst", "]") }
    end
    return span
  end
  if typst and span.classes:includes("change") then
    span.content:insert(1, pandoc.RawInline("typst", "#change["))
    span.content:insert(pandoc.RawInline("typst", "]"))
    return span.content
  end
  if typst and span.attributes.lang then
    local open = '#text(lang: "' .. span.attributes.lang .. '")['
    local content = pandoc.Inlines(span.content)
    content:insert(1, pandoc.RawInline("typst", open))
    content:insert(pandoc.RawInline("typst", "]"))
    return content
  end
end

-- Cards cannot stand in a list in a tagged PDF, so the items leave their list.
local function cards(div)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", "#key-figures(") })
  for _, list in ipairs(div.content) do
    for _, item in ipairs(list.t == "BulletList" and list.content or { { list } }) do
      blocks:insert(pandoc.RawBlock("typst", "["))
      blocks:extend(item)
      blocks:insert(pandoc.RawBlock("typst", "],"))
    end
  end
  blocks:insert(pandoc.RawBlock("typst", ")"))
  return blocks
end

function Div(div)
  if not typst then
    return nil
  end
  if div.classes:includes("key-figures") then
    return cards(div)
  end
  for _, class in ipairs(div.classes) do
    if boxes[class] then
      local blocks = pandoc.Blocks(div.content)
      blocks:insert(1, pandoc.RawBlock("typst", "#" .. class .. "["))
      blocks:insert(pandoc.RawBlock("typst", "]"))
      return blocks
    end
  end
end

local around = { Strong = { "#strong[", "]" }, Emph = { "#emph[", "]" }, Span = { "", "" } }

-- What cells mostly hold, without the cost of a writer; nil for anything else.
local function simple_typst(inlines)
  local pieces = {}
  for _, inline in ipairs(inlines) do
    local piece
    if inline.t == "Str" then
      piece = escaped(inline.text)
    elseif inline.t == "Space" or inline.t == "SoftBreak" then
      piece = " "
    elseif inline.t == "RawInline" and inline.format == "typst" then
      piece = inline.text
    elseif around[inline.t] then
      local inner = simple_typst(inline.content)
      piece = inner and around[inline.t][1] .. inner .. around[inline.t][2]
    end
    if not piece then
      return nil
    end
    pieces[#pieces + 1] = piece
  end
  return table.concat(pieces)
end

local function cell_content(cell)
  local blocks = cell.contents
  if #blocks == 0 then
    return ""
  end
  local simple = #blocks == 1 and blocks[1].t == "Plain" and simple_typst(blocks[1].content)
  if simple then
    -- "1." at the start would open a numbered list.
    return (simple:gsub("^(%d+)%.", "%1\\."))
  end
  return (pandoc.write(pandoc.Pandoc(blocks), "typst"):gsub("%s+$", ""))
end

local function rows_of(rows)
  local cells = {}
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cells[#cells + 1] = "[" .. cell_content(cell) .. "]"
    end
  end
  return table.concat(cells, ", ")
end

local function longest_word(cell)
  local longest = 0
  for word in pandoc.utils.stringify(cell.contents):gmatch("%S+") do
    longest = math.max(longest, utf8.len(word) or #word)
  end
  return longest
end

-- Columns whose cells all fit the page keep their need: the widest give way to them, down to
-- a width at which text still reads. The page takes 96 letters of 9 points; a table of more
-- columns has smaller letters.
local function fitted(widths)
  local most = #widths > 9 and 123 or #widths > 6 and 108 or 96
  local total = 0
  for _, width in ipairs(widths) do
    total = total + width
  end
  local widest = math.max(table.unpack(widths))
  while total > most and widest > 20 do
    for column, width in ipairs(widths) do
      if width == widest and total > most then
        widths[column] = width - 1
        total = total - 1
      end
    end
    widest = widest - 1
  end
  return widths
end

-- Columns share the width by their longest cell; heads take up to three lines, long text
-- wraps.
local function typst_columns(tbl)
  local widths = {}
  for column in ipairs(tbl.colspecs) do
    local widest = 5
    for _, row in ipairs(tbl.head.rows) do
      local head = pandoc.utils.stringify(row.cells[column].contents)
      widest = math.max(widest, longest_word(row.cells[column]), #head // 3)
    end
    for _, body in ipairs(tbl.bodies) do
      for _, row in ipairs(body.body) do
        local text = pandoc.utils.stringify(row.cells[column].contents)
        widest = math.max(widest, math.min(utf8.len(text) or #text, column == 1 and 44 or 26))
      end
    end
    widths[column] = widest + 3
  end
  local shares = {}
  for column, width in ipairs(fitted(widths)) do
    shares[column] = width .. "fr"
  end
  return shares
end

local alignments = { AlignRight = "right", AlignCenter = "center" }

local function typst_table(tbl)
  local aligns, bodies = {}, {}
  for column, spec in ipairs(tbl.colspecs) do
    aligns[column] = alignments[spec[1]] or "left"
  end
  for _, body in ipairs(tbl.bodies) do
    bodies[#bodies + 1] = rows_of(body.body)
  end
  local lines = {
    "#release-table(",
    "  (" .. table.concat(typst_columns(tbl), ", ") .. ",),",
    "  (" .. table.concat(aligns, ", ") .. ",),",
    "  table.header(" .. rows_of(tbl.head.rows) .. "),",
    "  " .. table.concat(bodies, ",\n  "),
    ")",
  }
  return pandoc.RawBlock("typst", table.concat(lines, "\n"))
end

local function mark_cells(rows, specs, in_head, of_words)
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row.cells) do
      -- Most cells of a body are figures: those that are not say so, which keeps pages small.
      if in_head and specs[column] == "AlignRight" then
        cell.attr.classes:insert("number")
      elseif not (in_head or of_words) and column > 1 and specs[column] ~= "AlignRight" then
        cell.attr.classes:insert("text")
      end
      if in_head then
        -- A year such as 2024-25 must not break at its hyphen.
        if not pandoc.utils.stringify(cell.contents):find("%s") then
          cell.attr.classes:insert("unbroken")
        end
        cell.attr.attributes["scope"] = "col"
      elseif column == 1 then
        cell.attr.attributes["scope"] = "row"
      end
    end
  end
end

local function html_table(tbl)
  local specs, of_words = {}, true
  for column, spec in ipairs(tbl.colspecs) do
    specs[column] = spec[1]
    of_words = of_words and spec[1] ~= "AlignRight"
    tbl.colspecs[column] = { "AlignDefault" }
  end
  if of_words then
    tbl.attr.classes:insert("words")
  end
  mark_cells(tbl.head.rows, specs, true, of_words)
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
    mark_cells(body.body, specs, false, of_words)
  end
  return tbl
end

function Table(tbl)
  if typst then
    return typst_table(tbl)
  end
  if html then
    return html_table(tbl)
  end
end
