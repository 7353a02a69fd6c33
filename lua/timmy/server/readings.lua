--- Sections read from the game, shared by all clients: each section of a player is read once, compared with its last
-- value, numbered when it changed, and encoded as JSON once.
local json = require("timmy.wire.json")

local Readings = {}
Readings.__index = Readings

local M = {}

--- The most readings by view kept for a player: more than the clients of one player normally have views. Beyond it they
-- are all dropped; sections that don't depend on a view are not affected.
local MOST_BY_VIEW = 64
--- The longest section, in bytes: half of a slow reader's buffer. The longest of a normal game takes a quarter of that.
-- A game client that sends names of any length must not end the connections of those who observe its player.
local LONGEST_BYTES = 524288

--- `registry` reads a section (see timmy.sections.registry); `log(text)` gets read errors; `allow_raw` as in the
-- bridge's settings.
function M.new(registry, log, allow_raw)
  local options = { allow_raw = allow_raw == true }
  return setmetatable({ registry = registry, log = log, options = options, players = {}, revisions = {} }, Readings)
end

--- A view: the radius, and the most items listed of a kind.
function M.view(radius, most)
  return { radius = radius, most = most, key = ":" .. radius .. ":" .. most }
end

--- The readings of the player in a slot; they start again when another player has the slot.
local function known_of(self, player)
  local known = self.players[player.pid]
  if not known or known.name ~= player.name then
    known = { name = player.name, readings = {}, by_view = {}, views = 0, touched = -math.huge }
    self.players[player.pid] = known
  end
  return known
end

local function read(self, section, player, view, now, fresh)
  local options = self.options
  options.radius, options.most, options.now, options.fresh = view.radius, view.most, now, fresh
  local ok, value = xpcall(self.registry.look, debug.traceback, section, player.pid, options)
  if ok then return value end -- nil: the player has just left
  self.log("section " .. section .. " of " .. player.name .. " could not be read: " .. tostring(value))
end

local function place_by_view(known, section, view)
  local key = section .. view.key
  if known.by_view[key] then return known.by_view[key] end
  if known.views >= MOST_BY_VIEW then known.by_view, known.views = {}, 0 end
  known.by_view[key], known.views = {}, known.views + 1
  return known.by_view[key]
end

--- The table that holds the reading of a section.
local function place(self, known, section, view)
  if self.registry.by_view[section] then return place_by_view(known, section, view) end
  known.readings[section] = known.readings[section] or {}
  return known.readings[section]
end

--- The next revision of a section in a slot. It continues when the slot's player changes: otherwise a new player's
-- section could be taken for the one already sent of the previous player.
local function next_revision(self, pid, section)
  local last = self.revisions[pid] or {}
  self.revisions[pid] = last
  last[section] = (last[section] or 0) + 1
  return last[section]
end

--- Assigns a new revision if the value differs from the last one. The encoded texts are compared, not the tables: names
-- are sorted, so equal values have equal texts, and most sections that are read often have changed.
local function renew(self, player, reading, section, value)
  local text, why = json.encode(value)
  if text and #text > LONGEST_BYTES then text, why = nil, #text .. " bytes are too many" end
  if not text then return self.log("section " .. section .. " of " .. player.name .. " can't be sent: " .. why) end
  if text ~= reading.text then
    reading.text, reading.revision = text, next_revision(self, player.pid, section)
    reading.fragment = json.fragment(text)
  end
  return reading
end

--- During a trip the reading from before it is used, unless it is too old because no client has requested this view
-- lately.
local HOLDS_S = 1

local function is_held(self, player, reading, section)
  local since = reading.revision and self.registry.held(section, player.pid)
  return since and reading.at >= since - HOLDS_S
end

local function brought_up_to_date(self, player, reading, section, view, now, fresh)
  if is_held(self, player, reading, section) then return reading end
  local value = read(self, section, player, view, now, fresh)
  if not value then return nil end
  reading.at = now
  return renew(self, player, reading, section, value)
end

--- A section as { revision, fragment }, read now; nil if it could not be read.
function Readings:now(player, section, view, now)
  local known = known_of(self, player)
  return brought_up_to_date(self, player, place(self, known, section, view), section, view, now, true)
end

--- The same for a push that was due at `due`: one reading serves all pushes due by then, and a section that changes
-- seldom may be as old as `registry.keeps_s` says, unless the player was touched since.
function Readings:pushed(player, section, view, due, now)
  local known = known_of(self, player)
  local reading = place(self, known, section, view)
  local touched = not reading.at or reading.at <= known.touched
  if not touched and reading.at >= due - (self.registry.keeps_s[section] or 0) then
    return reading.fragment and reading
  end
  return brought_up_to_date(self, player, reading, section, view, now, touched)
end

--- A player was changed: earlier readings are no longer valid.
function Readings:touch(pid, now)
  local known = self.players[pid]
  if known then known.touched = now end
end

--- Forgets players who left.
function Readings:keep(roster)
  local here = {}
  for _, player in ipairs(roster) do here[player.pid] = true end
  for pid in pairs(self.players) do
    if not here[pid] then self.players[pid] = nil end
  end
end

return M
