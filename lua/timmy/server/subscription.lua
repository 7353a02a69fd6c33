--- A client's subscription, with a schedule: one entry for each player.
--
-- Pushes of one rate share one time grid across all clients, so that equal subscriptions share the readings. Each
-- player's grid is shifted, so that a hundred players are not due in one poll.
local cells = require("timmy.state.cells")
local entity_table = require("timmy.server.entity_table")
local readings = require("timmy.server.readings")
local schedules = require("timmy.server.schedule")

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

--- The sections of a subscription. In version 2 the client computes distances: a section that depends on the view comes
-- with the position from which it is seen.
local function sections_of(message, protocol, by_view)
  local sections = without_repeats(message.sections)
  if protocol == 1 then return sections end
  local has_view, has_position = false, false
  for _, section in ipairs(sections) do
    has_view, has_position = has_view or by_view[section], has_position or section == "position"
  end
  if has_view and not has_position then table.insert(sections, 1, "position") end
  return sections
end

--- From a checked `subscribe` message. `protocol` is the client's version (default 1), `by_view` the set of sections
-- that depend on the view.
function M.new(message, protocol, by_view)
  return setmetatable({
    players = message.players ~= "all" and set_of(message.players) or nil,
    sections = sections_of(message, protocol or 1, by_view),
    interval = 1 / message.rate_hz,
    view = readings.view(message.radius, message.most),
    events = set_of(message.events),
    event_cells = message.event_cells and set_of_cells(message.event_cells) or nil,
    event_radius = message.event_radius,
    entries = {},
    entities = entity_table.new(),
    schedule = schedules.of({}),
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
  return { player = player, due = now, full = true, sent = {}, seen = {}, readings = {}, position = 1 }
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
      local goes_on = same_player(known, player)
      entries[#entries + 1] = goes_on and known or new_entry(player, now)
      if goes_on then before[player.pid] = nil end
    end
  end
  for _, entry in pairs(before) do self.entities:forget(entry) end
  self.entries, self.schedule, self.unfinished = entries, schedules.of(entries), nil
  return true
end

--- The next due entry: the one whose push was begun and is not finished (`unfinished`), else the one that waits
-- longest; nil if there is none.
function Subscription:next_due(now)
  local first = self.unfinished or self.schedule:first()
  return first and first.due <= now and first or nil
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

--- Moves the entry that is due first to its next point of the grid; missed points are skipped.
function Subscription:reschedule(entry, now)
  self:note_lateness(now - entry.due)
  local shift = (entry.player.pid * SHIFT % 1) * self.interval
  local due = (math.floor((now - shift) / self.interval) + 1) * self.interval + shift
  -- Rounding can yield the current point again: the entry would then be due for ever.
  entry.due = due > now and due or due + self.interval
  self.schedule:put_off()
end

return M
