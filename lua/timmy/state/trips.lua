--- Teleports under way. A client that is told to be elsewhere loads the cell, stands in the middle of it and only then
-- goes where it was told; meanwhile the server's copy of its place is the new cell with the old coordinates, the place
-- asked for, the old place again, and the middle of the cell. Nobody was at any of these: until the client has arrived,
-- the place before is what is told.
--
-- Commands of ours say that they may send a player elsewhere. What CoreScripts and other scripts do (a respawn, `/tp`)
-- is overheard: all of them call the same functions. What a client does by itself (a door, Recall, the way to a prison
-- or to the nearest shrine) has no place asked for, and no wrong one between.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")
local numbers = require("timmy.wire.numbers")
local overhear = require("timmy.game.overhear")

local M = {}

--- A client that arrived walks or slides on at once: this near is there, in game units.
local NEAR = 128
--- What the client sent before it was told may come this much after what it answers at once, beside the round trip.
local GRACE_S = 0.1
--- A client that loads a cell takes seconds on a slow disk; one that has not arrived by then never will.
local LONGEST_S, LONGEST_IN_CELL_S = 10, 2
--- A client that reports the cell it was told to enter stands where it was told within this; one that reports another
-- has stayed, or had just crossed a border, which shows as soon.
local STAYS_S = 1
local MS_PER_S = 1000

local trips, clock = {}, nil
--- How many trips have begun: commands know theirs by that.
local begun = 0
--- Where players stood whom the server has put elsewhere, and not sent there yet. Both come in one go: it is forgotten
-- at the next look.
local put = {}

local function coordinates(pid)
  return numbers.finite(guard.GetPosX(pid)), numbers.finite(guard.GetPosY(pid)), numbers.finite(guard.GetPosZ(pid))
end

--- Where the server has a player now, and how it looks: { cell, x, y, z, pitch, yaw, exterior, region }.
function M.live(pid)
  local x, y, z = coordinates(pid)
  return {
    cell = guard.GetCell(pid), x = x, y = y, z = z,
    pitch = numbers.degrees(guard.GetRotX(pid)), yaw = numbers.heading(guard.GetRotZ(pid)),
    exterior = guard.IsInExterior(pid), region = guard.GetRegion(pid):lower(),
  }
end

local function is_at(place, other)
  return place.cell == other.cell and place.x == other.x and place.y == other.y and place.z == other.z
end

local function are_near(place, other)
  return place.cell == other.cell and (place.x - other.x) ^ 2 + (place.y - other.y) ^ 2 <= NEAR * NEAR
end

local function is_near(pid, target)
  local x, y = coordinates(pid)
  return are_near({ cell = guard.GetCell(pid), x = x, y = y }, target)
end

local function round_trip_s(pid)
  local ping = numbers.finite(guard.GetAvgPing(pid))
  return math.max(0, math.min(ping, MS_PER_S)) / MS_PER_S
end

local function is_over(trip, pid, now)
  if now >= trip.gives_up or corescripts.player(pid) ~= trip.player then return true end
  if trip.waits_for_cell then return false end
  local near = is_near(pid, trip.target)
  trip.was_away = trip.was_away or not near
  return near and (trip.was_away or now >= trip.settles)
end

--- The trip of a player who has not arrived yet, or nil.
local function under_way(pid, now)
  local trip = trips[pid]
  if trip and is_over(trip, pid, now or clock()) then trips[pid], trip = nil, nil end
  return trip
end

--- A newer order replaces one that is not carried out yet; however many come, a trip has its end. A client that is told
-- to enter a cell reports it when it has, also where it stood in it before.
local function begin(pid, before, target, is_cell_sent)
  local now = clock()
  local older, crosses = under_way(pid, now), before.cell ~= target.cell
  local continues = older ~= nil and older.waits_for_cell and older.target.cell == target.cell
  local waits_for_cell, began = crosses or is_cell_sent or continues, older and older.began or now
  begun = begun + 1
  trips[pid] = {
    number = begun, player = corescripts.player(pid), before = older and older.before or before, target = target,
    revision = older and older.revision, began = began, waits_for_cell = waits_for_cell,
    settles = now + GRACE_S + 2 * round_trip_s(pid),
    gives_up = math.min(now + (waits_for_cell and LONGEST_S or LONGEST_IN_CELL_S), began + LONGEST_S),
  }
end

--- Does for a command, the one of number `revision`, what may send a player elsewhere, and follows it, and whom else
-- it sends: what that gives.
function M.follow(pid, revision, run, ...)
  local before, first = M.live(pid), begun + 1
  local value, err = run(...)
  if corescripts.player(pid) then
    local after, trip = M.live(pid), trips[pid]
    local is_followed = trip and trip.number >= first and is_at(trip.target, after)
    if not is_followed and not is_at(before, after) then begin(pid, before, after, false) end
  end
  for _, trip in pairs(trips) do
    if trip.number >= first then trip.revision = trip.revision or revision end
  end
  return value, err
end

--- Where a player stood who is under way, as `live` has it, and since when (seconds); nil for everybody else.
function M.held(pid)
  local trip = trips[pid] and under_way(pid)
  if trip then return trip.before, trip.began end
end

--- Where a player is going who is under way: { cell, x, y, z }; nil for everybody else.
function M.target(pid)
  local trip = trips[pid] and under_way(pid)
  return trip and trip.target
end

--- Whether a player has not arrived yet where it was sent.
function M.is_under_way(pid, now) return trips[pid] ~= nil and under_way(pid, now) ~= nil end

--- The number of the command that sent a player on its way, while it is; nil for everybody else, and for whom the
-- server itself sent.
function M.revision(pid, now)
  local trip = trips[pid] and under_way(pid, now)
  return trip and trip.revision
end

--- Looks who has arrived: often, for a player who arrives and walks on is near for a moment only.
function M.look(now)
  for pid in pairs(trips) do under_way(pid, now) end
  if next(put) then put = {} end
end

local function on_cell_change(_, pid)
  local trip, now = trips[pid], clock()
  if not trip then return end
  trip.gives_up = math.min(trip.gives_up, now + STAYS_S)
  if guard.GetCell(pid) == trip.target.cell and trip.waits_for_cell then
    trip.waits_for_cell, trip.was_away, trip.settles = false, false, now + GRACE_S
  end
end

--- Whether a player's client has loaded where it is: before, it has no place that it could be sent away from.
local function is_in_world(pid)
  local player = pid and corescripts.player(pid)
  return player ~= nil and next(corescripts.table_or_none(player.cellsLoaded)) ~= nil
end

local function on_put(pid)
  pid = tonumber(pid)
  if clock and not put[pid] and is_in_world(pid) then put[pid] = M.live(pid) end
end

--- A step to a place nearby is no teleport: scripts that move a player along take many.
local function on_sent(pid, is_cell_sent)
  pid = tonumber(pid)
  local before = put[pid]
  if not before or not is_in_world(pid) then return end
  before.is_cell_sent = before.is_cell_sent or is_cell_sent
  local after = M.live(pid)
  if is_at(before, after) then return end
  put[pid] = nil
  if before.is_cell_sent or not are_near(before, after) then begin(pid, before, after, before.is_cell_sent) end
end

local PUTS = { "SetCell", "SetPos" }

--- Overhears from now on who is sent elsewhere, as early as can be; a second time does nothing.
function M.attach()
  for _, name in ipairs(PUTS) do overhear.calls(name, { before = on_put }) end
  overhear.calls("SendCell", { after = function(pid) on_sent(pid, true) end })
  overhear.calls("SendPos", { after = function(pid) on_sent(pid, false) end })
end

--- Follows clients from now on, nobody being under way. `now()`: seconds.
function M.install(now)
  trips, put, clock = {}, {}, now
  M.attach()
  hooks.hear("OnPlayerCellChange", on_cell_change)
end

return M
