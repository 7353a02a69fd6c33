--- Teleports under way. A client that is told to be elsewhere loads the cell, stands in the middle of it and only then
-- goes where it was told; meanwhile the server's copy of its place is the new cell with the old coordinates, the place
-- asked for, the old place again, and the middle of the cell. Nobody was at any of these: until the client has arrived,
-- the place before is what is told.
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")
local numbers = require("timmy.wire.numbers")

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

local function coordinates(pid)
  return numbers.finite(game.GetPosX(pid)), numbers.finite(game.GetPosY(pid)), numbers.finite(game.GetPosZ(pid))
end

--- Where the server has a player now, and how it looks: { cell, x, y, z, pitch, yaw, exterior, region }.
function M.live(pid)
  local x, y, z = coordinates(pid)
  return { cell = game.GetCell(pid), x = x, y = y, z = z, pitch = numbers.degrees(game.GetRotX(pid)),
    yaw = numbers.heading(game.GetRotZ(pid)), exterior = game.IsInExterior(pid), region = game.GetRegion(pid):lower() }
end

local function is_at(place, other)
  return place.cell == other.cell and place.x == other.x and place.y == other.y and place.z == other.z
end

local function is_near(pid, target)
  local x, y = coordinates(pid)
  return game.GetCell(pid) == target.cell and (x - target.x) ^ 2 + (y - target.y) ^ 2 <= NEAR * NEAR
end

local function round_trip_s(pid)
  local ping = numbers.finite(game.GetAvgPing(pid))
  return math.max(0, math.min(ping, MS_PER_S)) / MS_PER_S
end

local function begin(pid, before, target, revision, now)
  local older, crosses = trips[pid], before.cell ~= target.cell
  trips[pid] = {
    player = corescripts.player(pid), before = older and older.before or before, target = target,
    revision = older and older.revision or revision or 0, began = older and older.began or now,
    waits_for_cell = crosses, settles = now + GRACE_S + 2 * round_trip_s(pid),
    gives_up = now + (crosses and LONGEST_S or LONGEST_IN_CELL_S),
  }
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

--- Does for a command, the one of number `revision`, what may send a player elsewhere, and follows it: what that gives.
function M.follow(pid, revision, run, ...)
  local before = M.live(pid)
  local value, trouble = run(...)
  if corescripts.player(pid) then
    local after = M.live(pid)
    if not is_at(before, after) then begin(pid, before, after, revision, clock()) end
  end
  return value, trouble
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

--- The number of the command that sent a player on its way, while it is; nil for everybody else.
function M.revision(pid, now)
  local trip = trips[pid] and under_way(pid, now)
  return trip and trip.revision
end

--- Looks who has arrived: often, for a player who arrives and walks on is near for a moment only.
function M.look(now)
  for pid in pairs(trips) do under_way(pid, now) end
end

local function on_cell_change(_, pid)
  local trip, now = trips[pid], clock()
  if not trip then return end
  trip.gives_up = math.min(trip.gives_up, now + STAYS_S)
  if game.GetCell(pid) == trip.target.cell and trip.waits_for_cell then
    trip.waits_for_cell, trip.was_away, trip.settles = false, false, now + GRACE_S
  end
end

--- Follows clients from now on, nobody being under way. `now()`: seconds.
function M.install(now)
  trips, clock = {}, now
  hooks.hear("OnPlayerCellChange", on_cell_change)
end

return M
