--- Strings as JSON writes them.
local utf8 = require("timmy.wire.utf8")

local find, format, gsub = string.find, string.format, string.gsub

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
-- Names and game ids repeat often: caching the quoted text halves the cost of a perception.
local MEMO_STRINGS, MEMO_BYTES = 16384, 64

local memo, memo_count = {}, 0

local function escape(character)
  return ESCAPES[character] or format("\\u%04x", character:byte())
end

local function quote_new(text)
  local repaired = utf8.repair(text)
  if find(repaired, '[%z\1-\31"\\]') then repaired = gsub(repaired, '[%z\1-\31"\\]', escape) end
  return '"' .. repaired .. '"'
end

local function remember(text, quoted)
  if memo_count >= MEMO_STRINGS then memo, memo_count = {}, 0 end
  memo[text], memo_count = quoted, memo_count + 1
end

--- The string in quotes, invalid UTF-8 repaired.
return function(text)
  local quoted = memo[text]
  if quoted then return quoted end
  quoted = quote_new(text)
  if #text <= MEMO_BYTES then remember(text, quoted) end
  return quoted
end
