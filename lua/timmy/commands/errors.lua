--- Why a command is declined: a code of the wire's closed list, a sentence of guidance, the field at fault.
return function(code, message, field)
  return { code = code, message = message, field = field }
end
