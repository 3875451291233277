-- Converts many texts in one process: a process of its own for each would take twice as long.
-- In the folder that the argument names stand settings.json and the texts 1.in, 2.in ...; what is
-- written goes to 1.out, 2.out ...

local folder = arg[1]

local function content_of(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read("a")
  file:close()
  return content
end

local settings = pandoc.json.decode(content_of(folder .. "/settings.json"), false)
local options = { wrap_text = "wrap-none" }

local changes = {}
if settings.filter ~= "" then
  FORMAT = settings.writes
  dofile(settings.filter)
  changes = { Span = Span, Div = Div, Table = Table }
end

for number = 1, settings.count do
  local document = pandoc.read(content_of(folder .. "/" .. number .. ".in"), settings.reads)
  local text = pandoc.write(document:walk(changes), settings.writes, options)
  local file = assert(io.open(folder .. "/" .. number .. ".out", "wb"))
  -- As the program itself ends what it writes.
  file:write(text, text:sub(-1) == "\n" and "" or "\n")
  file:close()
end
