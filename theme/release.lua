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

-- A string is one text for Typst; in markup each escaped sign would make it several.
local function quoted(inlines)
  for _, inline in ipairs(inlines) do
    if inline.t ~= "Str" and inline.t ~= "Space" then
      return nil
    end
  end
  return '"' .. pandoc.utils.stringify(inlines):gsub('[\\"]', "\\%0") .. '"'
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
    return '""'
  end
  local plain = #blocks == 1 and blocks[1].t == "Plain" and blocks[1].content
  local text = plain and quoted(plain)
  if text then
    return text
  end
  local simple = plain and simple_typst(plain)
  -- "1." at the start would open a numbered list.
  simple = simple and simple:gsub("^(%d+)%.", "%1\\.")
  return "[" .. (simple or pandoc.write(pandoc.Pandoc(blocks), "typst"):gsub("%s+$", "")) .. "]"
end

local function rows_of(rows)
  local cells = {}
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cells[#cells + 1] = cell_content(cell)
    end
  end
  return table.concat(cells, ", ")
end

local function letters(text)
  return utf8.len(text) or #text
end

local function longest_word(text)
  local longest = 0
  for word in text:gmatch("%S+") do
    longest = math.max(longest, letters(word))
  end
  return longest
end

-- The texts of all rows of a table, its head first, and how many of them are heads.
local function texts_of(tbl)
  local texts = {}
  local function add(rows)
    for _, row in ipairs(rows) do
      local own = {}
      for column, cell in ipairs(row.cells) do
        own[column] = pandoc.utils.stringify(cell.contents)
      end
      texts[#texts + 1] = own
    end
  end
  add(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    add(body.body)
  end
  return texts, #tbl.head.rows
end

-- The size of a table's letters, in points, and how many of them fill a line of the page.
local function letters_of_page(columns)
  if columns > 9 then
    return 7, 123
  elseif columns > 6 then
    return 8, 108
  end
  return 9, 96
end

-- What columns need and what they would have: long text wraps, heads take up to three lines.
local function needs_of(texts, heads, columns)
  local needs, wishes = {}, {}
  for column = 1, columns do
    local need, wish = 5, 5
    for row, own in ipairs(texts) do
      local text = own[column] or ""
      if row <= heads then
        need = math.max(need, longest_word(text), #text // 3)
      else
        need = math.max(need, math.min(letters(text), column == 1 and 44 or 26))
        wish = math.max(wish, letters(text))
      end
    end
    needs[column], wishes[column] = need + 3, math.max(need, wish) + 3
  end
  return needs, wishes
end

-- Columns whose cells all fit the page keep their need: the widest give way to them, down to
-- a width at which text still reads. What is left of the page goes to the longest texts.
local function fitted(widths, wishes)
  local _, most = letters_of_page(#widths)
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
  while total < most do
    local shortest, lacking = 0, 0
    for column, width in ipairs(widths) do
      if wishes[column] - width > lacking then
        shortest, lacking = column, wishes[column] - width
      end
    end
    if lacking == 0 then
      break
    end
    widths[shortest] = widths[shortest] + 1
    total = total + 1
  end
  return widths
end

local function lines_of(text, room)
  local lines, left = 1, room
  for word in text:gmatch("%S+") do
    local own = letters(word)
    if own > left and left < room then
      lines, left = lines + 1, room
    end
    left = left - own - 1
  end
  return lines
end

-- Whether a table surely fits on one page. Counted in tenths of a point: 470 points of a line are
-- shared by the columns, a letter is never wider on average than 0.6 of its size, lines stand 1.2
-- of it apart, and cells have insets of 5 and 4.5 points. Three quarters of a page are 522 points.
local function fits_page(texts, widths)
  if #texts > 14 then
    return false
  end
  local size, total, height = letters_of_page(#widths), 0, 0
  for _, width in ipairs(widths) do
    total = total + width
  end
  for _, own in ipairs(texts) do
    local lines = 1
    for column, width in ipairs(widths) do
      local room = math.max((4700 * width // total - 100) // (6 * size), 1)
      lines = math.max(lines, lines_of(own[column] or "", room))
    end
    height = height + 12 * size * lines + 90
  end
  return height <= 5220
end

-- Whether cells hold lines or blocks of their own, which the count of lines knows nothing of.
local function holds_breaks(tbl)
  local found = false
  local function find(node)
    found = found or node.t ~= "RawInline" or node.text == "#change["
  end
  tbl:walk({ LineBreak = find, RawInline = find, Para = find, Image = find })
  return found
end

local alignments = { AlignRight = "right", AlignCenter = "center" }

local function typst_table(tbl)
  local aligns, bodies, shares = {}, {}, {}
  for column, spec in ipairs(tbl.colspecs) do
    aligns[column] = alignments[spec[1]] or "left"
  end
  for _, body in ipairs(tbl.bodies) do
    bodies[#bodies + 1] = rows_of(body.body)
  end
  local texts, heads = texts_of(tbl)
  local widths = fitted(needs_of(texts, heads, #aligns))
  for column, width in ipairs(widths) do
    shares[column] = width .. "fr"
  end
  local head = rows_of(tbl.head.rows)
  local whole = not holds_breaks(tbl) and fits_page(texts, widths)
  local lines = {
    "#release-table(",
    "  (" .. table.concat(shares, ", ") .. ",),",
    "  (" .. table.concat(aligns, ", ") .. ",),",
    "  (" .. head .. (head == "" and "" or ",") .. "),",
    whole and "  whole: true," or "  whole: false,",
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
