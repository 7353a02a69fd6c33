--- Saying no: why, in a code of the wire's closed list and a sentence that says what would be right.

--- Gives nil and the trouble, for a command to return.
return function(code, message, field)
  return nil, { code = code, message = message, field = field }
end
