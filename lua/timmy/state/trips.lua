--- Trips: teleports that the client has not completed. A client that is sent elsewhere loads the cell, stands in the
-- middle of it, and only then moves to the requested position. Until then the server's copy of its location goes
-- through the new cell with the old coordinates, the requested position, the old position again, and the middle of the
-- cell. The player was at none of these, so perceptions keep the location from before the trip until the client has
-- arrived.
--
-- The bridge's own commands announce that they may move a player. Moves by CoreScripts and other scripts (a respawn,
-- `/tp`) are observed, since all of them call the same functions. A client's own moves (a door, Recall, the way to
-- prison or to the nearest shrine) have no requested position, and no wrong one in between.
local corescripts = require("timmy.game.corescripts")
local guard = require("timmy.game.guard")
local hooks = require("timmy.game.hooks")
local numbers = require("timmy.wire.numbers")
local overhear = require("timmy.game.overhear")

local M = {}

--- The arrival radius in game units: a client that arrived may walk or slide at once.
local NEAR = 128
--- Packets that a client sent before it got the request may arrive this much later than its immediate answers, beside
-- the round trip.
local GRACE_S = 0.1
--- A trip's time limit: loading a cell takes seconds on a slow disk; a client that has not arrived by then never will.
local LONGEST_S, LONGEST_IN_CELL_S = 10, 2
--- A client that reports the requested cell reaches the position within this time. One that reports another cell has
-- stayed where it was, or had just crossed a border, which also shows within this time.
local STAYS_S = 1
local MS_PER_S = 1000

local trips, clock, game_clock = {}, nil, nil
--- The number of trips begun so far: commands recognise theirs by it.
local begun = 0
--- Locations of players whose new location the server has set but not sent yet. Both happen in the same tick: the table
-- is cleared at the next poll.
local put = {}

local function coordinates(pid)
  return numbers.finite(guard.GetPosX(pid)), numbers.finite(guard.GetPosY(pid)), numbers.finite(guard.GetPosZ(pid))
end

--- The server's current location of a player, and its view direction: { cell, x, y, z, pitch, yaw, exterior, region }.
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
  if trip and is_over(trip, pid, now or game_clock()) then trips[pid], trip = nil, nil end
  return trip
end

--- A newer request replaces one that is not completed; the trip's time limit still counts from its begin. A client that
-- is sent to a cell reports it after entering, even if it was in that cell before.
local function begin(pid, before, target, is_cell_sent)
  local now = game_clock()
  local older, crosses = under_way(pid, now), before.cell ~= target.cell
  local continues = older ~= nil and older.waits_for_cell and older.target.cell == target.cell
  local waits_for_cell, began = crosses or is_cell_sent or continues, older and older.began or now
  begun = begun + 1
  trips[pid] = {
    number = begun, player = corescripts.player(pid), before = older and older.before or before, target = target,
    revision = older and older.revision, began = began, asked = older and older.asked or clock(),
    waits_for_cell = waits_for_cell,
    settles = now + GRACE_S + 2 * round_trip_s(pid),
    gives_up = math.min(now + (waits_for_cell and LONGEST_S or LONGEST_IN_CELL_S), began + LONGEST_S),
  }
end

--- Runs `run` for the command with this revision, which may send players elsewhere; tracks those trips. Returns the
-- results of `run`.
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

--- The location of a player before its trip, in the form of `live`, and the real time of its begin (seconds); nil
-- without a trip.
function M.held(pid)
  local trip = trips[pid] and under_way(pid)
  if trip then return trip.before, trip.asked end
end

--- The destination of a player's trip: { cell, x, y, z }; nil without a trip.
function M.target(pid)
  local trip = trips[pid] and under_way(pid)
  return trip and trip.target
end

--- Whether a player is on a trip; `now` is game time, as below.
function M.is_under_way(pid, now) return trips[pid] ~= nil and under_way(pid, now) ~= nil end

--- The revision of the command that caused a player's trip; nil without a trip, and for trips that the server caused.
function M.revision(pid, now)
  local trip = trips[pid] and under_way(pid, now)
  return trip and trip.revision
end

--- Checks who has arrived. Call it often: a player who arrives and walks on is near the position only briefly.
function M.look(now)
  for pid in pairs(trips) do under_way(pid, now) end
  if next(put) then put = {} end
end

local function on_cell_change(_, pid)
  local trip, now = trips[pid], game_clock()
  if not trip then return end
  trip.gives_up = math.min(trip.gives_up, now + STAYS_S)
  if guard.GetCell(pid) == trip.target.cell and trip.waits_for_cell then
    trip.waits_for_cell, trip.was_away, trip.settles = false, false, now + GRACE_S
  end
end

--- Whether a player's client has loaded its current cell: before that it has no location to be sent away from.
local function is_in_world(pid)
  local player = pid and corescripts.player(pid)
  return player ~= nil and next(corescripts.table_or_none(player.cellsLoaded)) ~= nil
end

local function on_put(pid)
  pid = tonumber(pid)
  if clock and not put[pid] and is_in_world(pid) then put[pid] = M.live(pid) end
end

--- A short move is not a teleport: scripts that push a player along make many.
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

--- Installs the wrappers that observe moves, as early as possible; a second call does nothing.
function M.attach()
  for _, name in ipairs(PUTS) do overhear.calls(name, { before = on_put }) end
  overhear.calls("SendCell", { after = function(pid) on_sent(pid, true) end })
  overhear.calls("SendPos", { after = function(pid) on_sent(pid, false) end })
end

--- Starts tracking, without any trips. `now()`: seconds; `game_now()`: game time in seconds, by which trips end.
function M.install(now, game_now)
  trips, put, clock, game_clock = {}, {}, now, game_now or now
  M.attach()
  hooks.hear("OnPlayerCellChange", on_cell_change)
end

return M
