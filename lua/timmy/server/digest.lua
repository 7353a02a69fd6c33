--- A digest of a command's name and arguments: tells whether a repeated id belongs to the same command.
--
-- Two polynomials modulo the largest primes below 2^32, in doubles: no step reaches 2^53. It is not for security: a
-- caller that constructs two commands with one digest only gets the wrong answer itself.
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

--- The digest, M.SIZE characters. Equal arguments have equal digests, whatever the order of their names.
function M.of(name, arguments)
  local text = json.encode({ name, arguments }) or name
  return ("%08x%08x"):format(mixed(text))
end

return M
