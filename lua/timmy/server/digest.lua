--- A digest of a command's name and arguments: whether a command that comes again under an id is the same one.
--
-- Two polynomials modulo the largest primes below 2^32, in doubles: no step reaches 2^53. It keeps nobody out: a caller
-- that looks for two commands of one digest only confuses itself.
local json = require("timmy.wire.json")

local M = {}

M.SIZE = 16

local MODULUS, OTHER_MODULUS = 4294967291, 4294967279
local FACTOR, OTHER_FACTOR = 65599, 31337

local function mixed(text)
  local one, other = 1, 1
  for index = 1, #text do
    local byte = text:byte(index)
    one = (one * FACTOR + byte) % MODULUS
    other = (other * OTHER_FACTOR + byte) % OTHER_MODULUS
  end
  return one, other
end

--- The digest, M.SIZE characters. Equal arguments are equal texts, whatever their order was.
function M.of(name, arguments)
  local text = json.encode({ name, arguments }) or name
  return ("%08x%08x"):format(mixed(text))
end

return M
