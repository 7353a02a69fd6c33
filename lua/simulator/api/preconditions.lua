--- Enforces the preconditions of functions, by the rules that the bridge uses (timmy.raw.preconditions) and the
-- simulator's own state. A violation ends the process with a message that names the precondition.
local rules_of_words = require("timmy.raw.preconditions")

local M = {}

--- The list that each size function counts, in a Read* selection or inside an entry of it.
local LISTS = {
  GetActorListSize = "entries", GetObjectListSize = "entries", GetRecordCount = "records", GetKillChangesSize = "kills",
  GetMapChangesSize = "tiles", GetClientGlobalsSize = "globals", GetActorSpellsActiveChangesSize = "spells",
  GetActorSpellsActiveEffectCount = "effects", GetClientLocalsSize = "locals", GetContainerChangesSize = "items",
  GetRecordEffectCount = "effects",
}

--- The selection that a precondition's list belongs to.
local SELECTED = { actors = "actors", objects = "objects", worldstate = "worldstate", records = "worldstate" }

--- The argument at a position, without the cost of varargs.
local pick = {
  function(a) return a end,
  function(_, b) return b end,
  function(_, _, c) return c end,
}

local makers = {}

--- The selection of a cell that is not loaded is empty: only its size can be read.
function makers.selection(rule, server)
  if not rule.any_of then return nil end
  local family = SELECTED[rule.list]
  return function()
    local selected = server.selected[family]
    if not selected or (selected.is_gone and selected.is_gone()) then return false end
    if rule.list == "records" and not selected.records then return false end
    return rule.sized or not selected.is_unloaded
  end
end

function makers.order(rule, server)
  return function()
    for _, name in ipairs(rule.any_of) do
      if server.ran[name] then return true end
    end
    return false
  end
end

local function bounded(rule)
  local argument = pick[rule.position]
  return function(a, b, c) return rules_of_words.holds(rule, argument(a, b, c)) end
end

makers.range, makers.text = bounded, bounded

local states = {
  ["a player has connected since the start"] = function(server) return server.last_pid >= 0 end,
  ["no timer callback is running"] = function(server) return not server.timers.running end,
  ["the timer was not freed"] = function(server, id) return server.timers[id] ~= false end,
}

function makers.state(rule, server)
  local holds = states[rule.words]
  return function(id) return holds(server, id) end
end

--- The same for a list that is not inside an entry, as most are.
local function entry_finder(family, rule, server)
  local list_of, argument = LISTS[rule.size], pick[rule.position]
  return function(a, b, c)
    local list = server.selected[family][list_of]
    return list ~= nil and list[argument(a, b, c) + 1] ~= nil
  end
end

--- Follows a call's indexes through the selected lists: whether each entry exists.
local function entry_follower(family, indexes, server)
  if #indexes == 1 then return entry_finder(family, indexes[1], server) end
  return function(a, b, c)
    local place = server.selected[family]
    for _, rule in ipairs(indexes) do
      local list = place[LISTS[rule.size]]
      place = list and list[pick[rule.position](a, b, c) + 1]
      if not place then return false end
    end
    return true
  end
end

--- A player's own list, by the function that returns its length. A player who is not online has none, which is no
--- error.
local function counted(rule, server, bodies)
  local size_of = assert(bodies[rule.size], rule.size)
  return function(a, b, c)
    local index = pick[rule.position](a, b, c)
    return not server.players[a] or (index >= 0 and index < size_of(a, b))
  end
end

--- What a script has filled so far, by the precondition's name of it; the first argument of a function about items is
-- their object.
local written = {
  objects = function(writing) return writing.objects.entries end,
  items = function(writing, object)
    local entry = writing.objects.entries[object + 1]
    return entry and entry.items or {}
  end,
  records = function(writing) return writing.records.entries end,
}

local function in_written(rule, server)
  local list, index = written[rule.written], pick[rule.position]
  return function(a, b) return list(server.writing, a)[index(a, b) + 1] ~= nil end
end

--- The check of an index: `outer` are the call's indexes that lead to its list, the last of them its own.
local function index_check(rule, server, entry, bodies, outer)
  if rule.written then return in_written(rule, server) end
  for _, other in ipairs(entry.preconditions) do
    if other.kind == "selection" then return entry_follower(SELECTED[other.list], outer, server) end
  end
  return counted(rule, server, bodies)
end

local function checks_of(entry, server, bodies)
  local checks, indexes = {}, {}
  for _, rule in ipairs(entry.preconditions) do
    local check
    if rule.kind == "index" then
      indexes[#indexes + 1] = rule
      check = index_check(rule, server, entry, bodies, { unpack(indexes) })
    else
      check = makers[rule.kind](rule, server)
    end
    if check then checks[#checks + 1] = { holds = check, rule = rule } end
  end
  return checks
end

local function end_by(server, name, rule, ...)
  local value = rule.position and rules_of_words.with_value(rule, (select(rule.position, ...))) or ""
  server:kill(rules_of_words.unmet(name, rule.words .. value))
end

--- A body with one or two checks: unrolled, as functions that are called dozens of times for a perception have no more.
local of_few = {
  function(checks, server, name, body)
    local check = checks[1]
    local holds = check.holds
    return function(a, b, c, ...)
      if not holds(a, b, c) then end_by(server, name, check.rule, a, b, c) end
      return body(a, b, c, ...)
    end
  end,
  function(checks, server, name, body)
    local one, other = checks[1], checks[2]
    local one_holds, other_holds = one.holds, other.holds
    return function(a, b, c, ...)
      if not one_holds(a, b, c) then end_by(server, name, one.rule, a, b, c) end
      if not other_holds(a, b, c) then end_by(server, name, other.rule, a, b, c) end
      return body(a, b, c, ...)
    end
  end,
}

--- A function's body with a check of its preconditions (`entry.preconditions`) before it; `bodies` has the other
--- functions.
function M.enforce(entry, server, bodies, body)
  local checks = checks_of(entry, server, bodies)
  if #checks == 0 then return body end
  if #checks <= #of_few then return of_few[#checks](checks, server, entry.name, body) end
  return function(a, b, c, ...)
    for _, check in ipairs(checks) do
      if not check.holds(a, b, c) then end_by(server, entry.name, check.rule, a, b, c) end
    end
    return body(a, b, c, ...)
  end
end

--- Records that a function ran, for functions with that precondition.
function M.note(name, server, body)
  return function(...)
    server.ran[name] = true
    return body(...)
  end
end

--- The length of the list that a size function counts in the selection, by the indexes that lead to it; nil for other
-- functions.
function M.counter(entry, server)
  local list = LISTS[entry.name]
  if not list then return nil end
  local family, indexes = nil, {}
  for _, rule in ipairs(entry.preconditions) do
    if rule.kind == "selection" then family = SELECTED[rule.list] end
    if rule.kind == "index" then indexes[#indexes + 1] = rule end
  end
  return function(...)
    local place = server.selected[family]
    for _, rule in ipairs(indexes) do place = place[LISTS[rule.size]][select(rule.position, ...) + 1] end
    return #(place[list] or {})
  end
end

return M
