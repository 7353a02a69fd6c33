--- A client's subscription, with a schedule: one entry for each player.
--
-- Pushes of one rate share one time grid across all clients, so that equal subscriptions share the readings. Each
-- player's grid is shifted, so that a hundred players are not due in one poll.
local cells = require("timmy.state.cells")
local readings = require("timmy.server.readings")

local Subscription = {}
Subscription.__index = Subscription

local M = {}

--- Multiples of the golden ratio's fraction spread any number of players evenly over an interval.
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

--- Whether the subscription includes this player.
function Subscription:wants_player(name)
  return not self.players or self.players[name] == true
end

--- Whether the subscription includes this kind of event.
function Subscription:wants(event)
  return self.events[event] == true
end

local function new_entry(player, now)
  return { player = player, due = now, full = true, sent = {} }
end

local function same_player(one, other)
  return one and one.player.pid == other.pid and one.player.name == other.name
end

--- Updates the schedule with the online players: new players are due at once, with all sections. Returns whether
-- anything had to be updated; passing the same table again costs nothing.
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

--- The next due entry, in turn; nil if there is none. Nothing is due before `earliest`, so most polls need not search.
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

--- Records how late a push is, in seconds.
function Subscription:note_lateness(seconds)
  local late = self.lateness or { pushes = 0, seconds = 0, longest = 0 }
  late.pushes, late.seconds, late.longest = late.pushes + 1, late.seconds + seconds, math.max(late.longest, seconds)
  self.lateness = late
end

--- How late the pushes since the last call were: { pushes, seconds, longest }.
function Subscription:take_lateness()
  local late = self.lateness or { pushes = 0, seconds = 0, longest = 0 }
  self.lateness = nil
  return late
end

--- Moves an entry to its next point of the grid; missed points are skipped.
function Subscription:reschedule(entry, now)
  self:note_lateness(now - entry.due)
  local shift = (entry.player.pid * SHIFT % 1) * self.interval
  local due = (math.floor((now - shift) / self.interval) + 1) * self.interval + shift
  -- Rounding can yield the current point again: the entry would then be due for ever.
  entry.due = due > now and due or due + self.interval
end

return M
