--- Why a command is declined: a code of the wire's closed list, a sentence of guidance, the field at fault.
local M = {}

--- The error as it stands on the wire.
function M.new(code, message, field)
  return { code = code, message = message, field = field }
end

--- nil and the error, for a command to return.
function M.refuse(code, message, field)
  return nil, M.new(code, message, field)
end

return M
