--- The table `tes3mp`: every function of the specification, with checked arguments. The topic modules beside this file
--- define the functions; an undefined one returns the neutral value of its type.
local checks = require("simulator.api.checks")
local preconditions = require("simulator.api.preconditions")
local rules_of_words = require("timmy.raw.preconditions")

local TOPICS = { "server", "timers", "players", "stats", "cells", "items", "quests", "chat", "actors", "actor_packets",
  "objects", "object_packets", "records", "worldstate", "world_packets", "mechanics", "factions", "knowledge",
  "performance", "settings", "spells", "keys", "changes" }

local NEUTRAL = { int = 0, number = 0, string = "", boolean = false }

local M = {}

--- One closure for each number of arguments: as fast as a C function, where varargs would cost microseconds.
local by_arity = {
  [0] = function(_, body)
    return function() return body() end
  end,
  function(c, body)
    local c1 = c[1]
    return function(a) return body(c1(a)) end
  end,
  function(c, body)
    local c1, c2 = c[1], c[2]
    return function(a, b) return body(c1(a), c2(b)) end
  end,
  function(c, body)
    local c1, c2, c3 = c[1], c[2], c[3]
    return function(a, b, d) return body(c1(a), c2(b), c3(d)) end
  end,
  function(c, body)
    local c1, c2, c3, c4 = c[1], c[2], c[3], c[4]
    return function(a, b, d, e) return body(c1(a), c2(b), c3(d), c4(e)) end
  end,
  function(c, body)
    local c1, c2, c3, c4, c5 = c[1], c[2], c[3], c[4], c[5]
    return function(a, b, d, e, f) return body(c1(a), c2(b), c3(d), c4(e), c5(f)) end
  end,
  function(c, body)
    local c1, c2, c3, c4, c5, c6 = c[1], c[2], c[3], c[4], c[5], c[6]
    return function(a, b, d, e, f, g) return body(c1(a), c2(b), c3(d), c4(e), c5(f), c6(g)) end
  end,
  function(c, body)
    local c1, c2, c3, c4, c5, c6, c7 = c[1], c[2], c[3], c[4], c[5], c[6], c[7]
    return function(a, b, d, e, f, g, h)
      return body(c1(a), c2(b), c3(d), c4(e), c5(f), c6(g), c7(h))
    end
  end,
}

local function checkers(entry, server)
  local converters = {}
  for index, parameter in ipairs(entry.params) do
    if parameter.name ~= "..." then
      converters[index] = checks.checker(entry.name, parameter, server)
    end
  end
  return converters
end

--- `...` takes all further arguments, unchecked: the function itself checks them.
local function variadic(converters, body)
  return function(...)
    local values = { ... }
    for index, check in ipairs(converters) do
      values[index] = check(values[index])
    end
    return body(unpack(values, 1, math.max(#converters, select("#", ...))))
  end
end

local function wrap(entry, body, server)
  local converters = checkers(entry, server)
  local last = entry.params[#entry.params]
  if last and last.name == "..." then
    return variadic(converters, body)
  end
  return by_arity[#converters](converters, body)
end

--- A body that gets the server's copy of the player instead of a pid; an unknown pid is logged and returns `neutral`.
local function about_player(server, name, neutral, body)
  return function(pid, a, b, c, d, e, f)
    local player = server.players[pid]
    if player then
      return body(player, a, b, c, d, e, f)
    end
    server.report(("[ERROR] %s: no player with pid %d"):format(name, pid))
    return neutral
  end
end

--- The definitions of the topic modules. A name that the real server does not have is a defect of the simulator.
local function collect(server, known)
  local bodies = {}
  local function define(name, body)
    assert(known[name], "no such function in the specification: " .. name)
    assert(not bodies[name], "defined twice: " .. name)
    bodies[name] = body
  end
  local function define_player(name, body)
    define(name, about_player(server, name, NEUTRAL[known[name] and known[name].returns], body))
  end
  for _, topic in ipairs(TOPICS) do
    require("simulator.api." .. topic)(server, define, define_player)
  end
  return bodies
end

--- The specification's functions by name, each with the rules of its preconditions.
local function index_names(specification, needs)
  local known, needs_of = {}, {}
  for _, entry in ipairs(needs) do needs_of[entry.name] = entry.needs end
  for _, entry in ipairs(specification) do
    entry.preconditions = rules_of_words.read(entry.name, entry.params, needs_of[entry.name] or {})
    known[entry.name] = entry
  end
  return known
end

--- The functions that must have run before another.
local function needed_by_others(known)
  local names = {}
  for _, entry in pairs(known) do
    for _, rule in ipairs(entry.preconditions) do
      for _, name in ipairs(rule.kind == "order" and rule.any_of or {}) do names[name] = true end
    end
  end
  return names
end

--- The behaviour of a function that no topic module defines: it counts a list, or returns the neutral value.
local function default_body(entry, server)
  return preconditions.counter(entry, server) or function() return NEUTRAL[entry.returns] end
end

local function reads_a_selection(entry)
  for _, rule in ipairs(entry.preconditions) do
    if rule.kind == "selection" then return true end
  end
  return false
end

--- A field that a client did not send has a neutral value.
local function never_nil(entry, body)
  local neutral = NEUTRAL[entry.returns]
  if neutral == nil or not reads_a_selection(entry) then return body end
  return function(a, b, c)
    local value = body(a, b, c)
    if value == nil then return neutral end
    return value
  end
end

--- Fills `target` with the whole API of the specification (api-0.8.1.json), each function with its preconditions
--- (preconditions-0.8.1.json) checked.
function M.build(target, server, specification, needs)
  local known = index_names(specification, needs)
  local bodies, remembered = collect(server, known), needed_by_others(known)
  for _, entry in ipairs(specification) do
    local body = never_nil(entry, bodies[entry.name] or default_body(entry, server))
    if remembered[entry.name] then body = preconditions.note(entry.name, server, body) end
    target[entry.name] = wrap(entry, preconditions.enforce(entry, server, bodies, body), server)
  end
  return target
end

return M
