--- customEventHooks: validators before the default behaviour, handlers after it, in the order of registration.
--- Errors are not caught: an error in a callback reaches the server.
local M = {}

function M.makeEventStatus(validDefaultHandler, validCustomHandlers)
  return { validDefaultHandler = validDefaultHandler, validCustomHandlers = validCustomHandlers }
end

local function either(new, old)
  if new ~= nil then
    return new
  end
  return old
end

function M.updateEventStatus(old, new)
  if new == nil then
    return old
  end
  return M.makeEventStatus(either(new.validDefaultHandler, old.validDefaultHandler),
    either(new.validCustomHandlers, old.validCustomHandlers))
end

local function register(callbacks, event, callback)
  callbacks[event] = callbacks[event] or {}
  table.insert(callbacks[event], callback)
end

local function run(callbacks, event, status, arguments)
  for _, callback in ipairs(callbacks[event] or {}) do
    status = M.updateEventStatus(status, callback(status, unpack(arguments)))
  end
  return status
end

--- The published table, with registrations of its own: new at every start of the host.
function M.new()
  local hooks = { validators = {}, handlers = {}, makeEventStatus = M.makeEventStatus,
    updateEventStatus = M.updateEventStatus }
  function hooks.registerValidator(event, callback)
    register(hooks.validators, event, callback)
  end
  function hooks.registerHandler(event, callback)
    register(hooks.handlers, event, callback)
  end
  function hooks.triggerValidators(event, arguments)
    return run(hooks.validators, event, M.makeEventStatus(true, true), arguments)
  end
  function hooks.triggerHandlers(event, status, arguments)
    run(hooks.handlers, event, status, arguments)
  end
  return hooks
end

return M
