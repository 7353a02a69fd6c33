--- The only module that calls `tes3mp.*`.
--
-- The server does not check arguments, and `pcall` does not help because the C++ side is `noexcept`. So each function
-- here checks every argument before the call, and a wrong one raises an ordinary Lua error with the function's name.
-- Lists that are read by index (actors) can only be read by functions that select them first.
local cells = require("timmy.state.cells")
local kinds = require("timmy.game.kinds")
local signatures = require("timmy.game.signatures")

local M = {}

--- The server's log levels.
local LEVELS = { verbose = 0, info = 1, warn = 2, error = 3, fatal = 4 }

local function refuse(name, position, kind, value)
  error(string.format("tes3mp.%s: argument %d must be a safe %s, not %s", name, position, kind, tostring(value)), 3)
end

local function miscounted(name, count)
  error(string.format("tes3mp.%s takes %d arguments", name, count), 3)
end

--- Functions of one and two arguments are called dozens of times for each perception: unrolled they take half the time
-- of the loop, which LuaJIT does not compile.
local function checked_one(name, kind)
  local is_safe = kinds.of[kind]
  return function(value, extra)
    if extra ~= nil then miscounted(name, 1) end
    if not is_safe(value) then refuse(name, 1, kind, value) end
    return tes3mp[name](value)
  end
end

local function checked_two(name, first, second)
  local is_safe_first, is_safe_second = kinds.of[first], kinds.of[second]
  return function(one, other, extra)
    if extra ~= nil then miscounted(name, 2) end
    if not is_safe_first(one) then refuse(name, 1, first, one) end
    if not is_safe_second(other) then refuse(name, 2, second, other) end
    return tes3mp[name](one, other)
  end
end

--- A function of the server with checked arguments: `signature` lists the kind of each argument (timmy.game.kinds).
function M.checked(name, signature)
  local count = #signature
  if count == 1 then return checked_one(name, signature[1]) end
  if count == 2 then return checked_two(name, signature[1], signature[2]) end
  return function(...)
    if select("#", ...) ~= count then miscounted(name, count) end
    for position = 1, count do
      local value = select(position, ...)
      if not kinds.of[signature[position]](value) then refuse(name, position, signature[position], value) end
    end
    return tes3mp[name](...)
  end
end

--- The kinds of the arguments of each function, by its name.
M.signatures = signatures

for name, signature in pairs(signatures) do M[name] = M.checked(name, signature) end

--- Calls a function of the server without checks: for `timmy.raw`, whose rules have checked the call.
function M.unchecked(name, ...) return tes3mp[name](...) end

--- Finishes an object in a packet that removes items from a container: `count` of each. The server looks these up by
-- number; they were added just before, so every number is inside the list.
function M.add_object_taking(counts)
  M.AddObject()
  for position, count in ipairs(counts) do
    if not kinds.of.int(count) then refuse("SetContainerItemActionCountByIndex", 3, "int", count) end
    tes3mp.SetContainerItemActionCountByIndex(0, position - 1, count)
  end
end

local function is_at(actor, index)
  local api = tes3mp
  return actor.ref_num == api.GetActorRefNum(index) and actor.mp_num == api.GetActorMpNum(index)
end

--- The entry of the actor list at a valid `index`, stored in `actor` if given.
local function actor_at(index, actor)
  if actor and is_at(actor, index) then return actor end
  local ref_num, mp_num = tes3mp.GetActorRefNum(index), tes3mp.GetActorMpNum(index)
  return { ref_num = ref_num, mp_num = mp_num, unique_index = ref_num .. "-" .. mp_num }
end

--- Selects the list of a cell's actors; returns its length.
local function select_actors(cell)
  if not cells.is_safe(cell) then error("tes3mp.ReadCellActorList: not a safe cell: " .. tostring(cell), 3) end
  tes3mp.ReadCellActorList(cell)
  return tes3mp.GetActorListSize()
end

--- An actor whose health was reported once keeps it.
local function look_at(actor, index)
  local api = tes3mp
  actor.x, actor.y, actor.z = api.GetActorPosX(index), api.GetActorPosY(index), api.GetActorPosZ(index)
  if actor.health ~= nil or api.DoesActorHaveStatsDynamic(index) then
    actor.health, actor.health_base = api.GetActorHealthCurrent(index), api.GetActorHealthBase(index)
  end
end

--- The actors of a loaded cell as last reported to the server: { unique_index, x, y, z, health?, health_base? }.
-- `earlier` is the result of an earlier call for that cell; its list and tables are reused. Also returns the length of
-- the server's list, which has actors without a position too.
function M.actors_in(cell, earlier)
  local list, count, size = earlier or {}, 0, select_actors(cell)
  for index = 0, size - 1 do
    if tes3mp.DoesActorHavePosition(index) then
      count = count + 1
      list[count] = actor_at(index, list[count])
      list[count].index = index
      look_at(list[count], index)
    end
  end
  for position = #list, count + 1, -1 do list[position] = nil end
  return list, size
end

--- Reads some of `actors`, the result of `actors_in` for that cell, again: those at the first `count` of `positions`.
-- Returns false, perhaps after some, if the server's list has another length than `size` or other actors there.
function M.look_again(cell, actors, positions, count, size)
  if select_actors(cell) ~= size then return false end
  for at = 1, count do
    local actor = actors[positions[at]]
    if not is_at(actor, actor.index) then return false end
    look_at(actor, actor.index)
  end
  return true
end

--- The actors of the packet whose event is being handled: { unique_index, ref_id, cell } each. Only call it from that
-- event.
function M.received_actors()
  local result = {}
  tes3mp.ReadReceivedActorList()
  for index = 0, tes3mp.GetActorListSize() - 1 do
    result[#result + 1] = {
      unique_index = tes3mp.GetActorRefNum(index) .. "-" .. tes3mp.GetActorMpNum(index),
      ref_id = tes3mp.GetActorRefId(index), cell = tes3mp.GetActorCell(index),
    }
  end
  return result
end

--- The kills of the packet whose event is being handled: { ref_id, count } each. Only call it from that event.
function M.received_kills()
  local result = {}
  tes3mp.ReadReceivedWorldstate()
  for index = 0, tes3mp.GetKillChangesSize() - 1 do
    result[#result + 1] = { ref_id = tes3mp.GetKillRefId(index), count = tes3mp.GetKillNumber(index) }
  end
  return result
end

--- The weather of the packet whose event is being handled, its numbers under `names`. Only call it from that event.
function M.received_weather(names)
  tes3mp.ReadReceivedWorldstate()
  return {
    region = tes3mp.GetWeatherRegion():lower(), current = names[tes3mp.GetWeatherCurrent()] or "clear",
    next = names[tes3mp.GetWeatherNext()],
  }
end

--- Writes a line to the server's log; never raises. `level` is verbose, info, warn, error or fatal.
function M.log(level, text)
  local line = tostring(text):gsub("%z", ""):sub(1, kinds.LONGEST_TEXT)
  pcall(M.LogMessage, LEVELS[level] or LEVELS.info, line)
end

return M
