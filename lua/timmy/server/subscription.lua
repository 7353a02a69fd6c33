--- What one client wants to be told, and when: a schedule with one entry a player.
--
-- Pushes of one rate fall on one grid, whoever asked for them, so that clients with the same wish share the reading;
-- each player's grid is shifted, so that a hundred players don't fall due in one poll.
local cells = require("timmy.state.cells")
local readings = require("timmy.server.readings")

local Subscription = {}
Subscription.__index = Subscription

local M = {}

--- The golden ratio's fraction spreads any number of players evenly over an interval.
local SHIFT = 0.6180339887

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

local function set_of_cells(list)
  local set = {}
  for _, cell in ipairs(list) do set[cells.normalise(cell)] = true end
  return set
end

local function without_repeats(list)
  local seen, kept = {}, {}
  for _, item in ipairs(list) do
    if not seen[item] then kept[#kept + 1] = item end
    seen[item] = true
  end
  return kept
end

--- From a checked `subscribe` message.
function M.new(message)
  return setmetatable({
    players = message.players ~= "all" and set_of(message.players) or nil,
    sections = without_repeats(message.sections),
    interval = 1 / message.rate_hz,
    view = readings.view(message.radius, message.most),
    events = set_of(message.events),
    event_cells = message.event_cells and set_of_cells(message.event_cells) or nil,
    event_radius = message.event_radius,
    entries = {},
    turn = 0,
    earliest = 0,
  }, Subscription)
end

--- Whether it is about this player.
function Subscription:wants_player(name)
  return not self.players or self.players[name] == true
end

--- Whether it asked for this kind of event.
function Subscription:wants(event)
  return self.events[event] == true
end

local function new_entry(player, now)
  return { player = player, due = now, full = true, sent = {} }
end

local function same_player(one, other)
  return one and one.player.pid == other.pid and one.player.name == other.name
end

--- Follows who is online: newcomers are due at once and in full. The same table again costs nothing; whether there was
-- anything to do is what it gives.
function Subscription:follow(roster, now)
  if roster == self.roster or #self.sections == 0 then return false end
  self.roster = roster
  local before, entries = {}, {}
  for _, entry in ipairs(self.entries) do before[entry.player.pid] = entry end
  for _, player in ipairs(roster) do
    if self:wants_player(player.name) then
      local known = before[player.pid]
      entries[#entries + 1] = same_player(known, player) and known or new_entry(player, now)
    end
  end
  self.entries, self.earliest = entries, 0
  return true
end

--- The next entry that is due, in turn; nil when none is. Nothing is due before `earliest`, so most polls don't look.
function Subscription:next_due(now)
  if now < self.earliest then return nil end
  local entries, earliest = self.entries, math.huge
  local count = #entries
  for step = 1, count do
    local position = (self.turn + step - 1) % count + 1
    local due = entries[position].due
    if due <= now then
      self.turn = position
      return entries[position]
    end
    earliest = math.min(earliest, due)
  end
  self.earliest = earliest
end

--- Puts an entry on its next point of the grid; points that were missed are gone.
function Subscription:reschedule(entry, now)
  local shift = (entry.player.pid * SHIFT % 1) * self.interval
  local due = (math.floor((now - shift) / self.interval) + 1) * self.interval + shift
  -- Rounding can leave the point where we stand: an entry that stayed due would be served for ever.
  entry.due = due > now and due or due + self.interval
end

return M
