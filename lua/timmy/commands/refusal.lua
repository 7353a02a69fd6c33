--- Saying no: why, in a code of the wire's closed list and a sentence that says what would be right.

local trouble = require("timmy.commands.errors")

--- Gives nil and the trouble, for a command to return.
return function(code, message, field)
  return nil, trouble(code, message, field)
end
