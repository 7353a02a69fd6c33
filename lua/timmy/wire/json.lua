--- JSON as the protocol requires it: RFC 8259, the same on every host.
--
-- `encode(value)` and `decode(text)` return nil and a reason instead of raising an error. Both refuse NaN, infinity,
-- numbers of 1e14 and more, and nesting deeper than `MAX_DEPTH`. Invalid UTF-8 is replaced (U+FFFD) when encoding,
-- because the game's strings contain it, and refused when decoding. Of equal names the last one counts.
local fast = require("timmy.wire.json.fast")
local layouts = require("timmy.wire.json.layouts")
local reader = require("timmy.wire.json.reader")
local shapes = require("timmy.wire.json.shapes")
local writer = require("timmy.wire.json.writer")

local M = {
  MAX_INTEGER = shapes.TOO_LARGE - 1,
  null = shapes.null,
  array = shapes.array,
  object = shapes.object,
  fragment = shapes.fragment,
  constant = shapes.constant,
  is_constant = shapes.is_constant,
  is_fragment = shapes.is_fragment,
  is_array = shapes.is_array,
  is_object = shapes.is_object,
  layout = layouts,
  encode = writer.encode,
}

local ok, cjson = pcall(require, "cjson")
M.decode = ok and fast.over(cjson) or reader.decode

return M
