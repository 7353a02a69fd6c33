--- Sections read from the game, shared by all clients: each section of a player is read once, compared with its last
-- value, numbered when it changed, and what changed of it is encoded as JSON once (timmy.server.reading).
local geometry = require("timmy.state.geometry")
local readings_of_sections = require("timmy.server.reading")
local scenes = require("timmy.server.scene")

local Readings = {}
Readings.__index = Readings

local M = {}

--- The most readings by view kept for a player: more than the clients of one player normally have views. Beyond it they
-- are all dropped; sections that don't depend on a view are not affected.
local MOST_BY_VIEW = 64

--- `registry` reads a section (see timmy.sections.registry); `log(text)` gets read errors; `allow_raw` as in the
-- bridge's settings.
function M.new(registry, log, allow_raw)
  local options = { allow_raw = allow_raw == true }
  return setmetatable({ registry = registry, log = log, options = options, players = {}, revisions = {},
    roster = {} }, Readings)
end

--- The keys of a view's readings, or scenes, by section; joined once.
local function keys_of(suffix)
  return setmetatable({}, { __index = function(keys, section)
    keys[section] = section .. suffix
    return keys[section]
  end })
end

--- A view: the radius, and the most items listed of a kind.
function M.view(radius, most)
  local suffix = ":" .. radius .. ":" .. most
  return { radius = radius, most = most, readings = keys_of(suffix), scenes = keys_of(suffix .. ":entities") }
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

local function options_of(self, view, now, fresh)
  local options = self.options
  options.radius, options.most, options.now, options.fresh = view.radius, view.most, now, fresh
  return options
end

--- What is kept for a key that depends on a view; `new()` makes it.
local function place_by_view(known, key, new)
  local kept = known.by_view[key]
  if kept then return kept end
  if known.views >= MOST_BY_VIEW then known.by_view, known.views = {}, 0 end
  known.by_view[key], known.views = new(), known.views + 1
  return known.by_view[key]
end

--- The table that holds the reading of a section.
local function place(self, known, section, view)
  if self.registry.by_view[section] then
    return place_by_view(known, view.readings[section], readings_of_sections.new)
  end
  local reading = known.readings[section]
  if not reading then
    reading = readings_of_sections.new()
    known.readings[section] = reading
  end
  return reading
end

--- The last revision of each section in a slot. They continue when the slot's player changes: otherwise a new player's
-- section could be taken for the one already sent of the previous player.
local function revisions_of(self, pid)
  local last = self.revisions[pid]
  if not last then
    last = {}
    self.revisions[pid] = last
  end
  return last
end

--- Assigns a new revision if the value differs from the last one.
local function renew(self, player, reading, section, value)
  local taken, why = reading:take(value, revisions_of(self, player.pid), section)
  if not taken then return self.log("section " .. section .. " of " .. player.name .. " can't be sent: " .. why) end
  return taken
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
  local value = self.registry.look(section, player.pid, options_of(self, view, now, fresh))
  if not value then return nil end
  reading.at = now
  return renew(self, player, reading, section, value)
end

--- Logs that reading a section raised an error.
function Readings:note_failure(player, section, err)
  self.log("section " .. section .. " of " .. player.name .. " could not be read: " .. tostring(err))
end

--- A section (timmy.server.reading), read now; nil if it could not be read.
function Readings:now(player, section, view, now)
  local reading = place(self, known_of(self, player), section, view)
  local ok, value = xpcall(brought_up_to_date, debug.traceback, self, player, reading, section, view, now, true)
  if ok then return value end
  self:note_failure(player, section, value)
end

--- The same for a push that was due at `due`: one reading serves all pushes due by then, and a section that changes
-- seldom may be as old as `registry.keeps_s` says, unless the player was touched since. Errors of sections are raised.
function Readings:pushed(player, section, view, due, now)
  local known = known_of(self, player)
  local reading = place(self, known, section, view)
  local touched = not reading.at or reading.at <= known.touched
  if not touched and reading.at >= due - (self.registry.keeps_s[section] or 0) then
    return reading.revision and reading
  end
  return brought_up_to_date(self, player, reading, section, view, now, touched)
end

--- When a player was touched last: for `is_fresh`.
function Readings:touched_at(player)
  return known_of(self, player).touched
end

--- Whether a reading or scene that was returned before is still recent enough for a push that was due at `due`: a quick
-- check for the many sections that are read seldom.
function Readings:is_fresh(section, reading, touched_at, due)
  local keeps = self.registry.keeps_s[section]
  return keeps and reading and reading.at > touched_at and reading.at >= due - keeps
end

--- The point of view of a push: the player's position as the push shows it, in whole units.
local function eye_of(self, player, view, due, now)
  local position = self:pushed(player, "position", view, due, now)
  return position and position.members.x and geometry.whole_place(position.members)
end

local function look_around(self, known, player, scene, section, view, due, now)
  local eye = eye_of(self, player, view, due, now)
  if not eye then return nil end
  local options = options_of(self, view, now, scene.at <= known.touched)
  options.roster = self.roster
  local list, spare = scene:spares()
  local taken, left_out, versions = self.registry.surroundings(section, player.pid, eye, options, list, spare)
  return taken and scene:take(taken, versions, left_out, now)
end

--- A `nearby_*` section for a push that was due at `due`, as a scene (timmy.server.scene); nil if it could not be read.
-- One serves all pushes due by then.
function Readings:surroundings(player, section, view, due, now)
  local known = known_of(self, player)
  local scene = place_by_view(known, view.scenes[section], scenes.new)
  local touched = scene.at <= known.touched
  if not touched and scene.at >= due - (self.registry.keeps_s[section] or 0) then return scene end
  if is_held(self, player, scene, section) then return scene end
  return look_around(self, known, player, scene, section, view, due, now)
end

--- A player was changed: earlier readings are no longer valid.
function Readings:touch(pid, now)
  local known = self.players[pid]
  if known then known.touched = now end
end

--- Forgets players who left, and looks for the others.
function Readings:keep(roster)
  self.roster = roster
  local here = {}
  for _, player in ipairs(roster) do here[player.pid] = true end
  for pid in pairs(self.players) do
    if not here[pid] then self.players[pid] = nil end
  end
end

return M
