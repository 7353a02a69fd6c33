--- Which entities (timmy.state.entities) the client of a subscription knows, and in which version: each is sent once to
-- a connection, however many of its perceptions refer to it.
local entities = require("timmy.state.entities")

local EntityTable = {}
EntityTable.__index = EntityTable

local M = {}

function M.new()
  return setmetatable({ sent = {}, references = {}, removed = {} }, EntityTable)
end

local function release(self, entity)
  local left = self.references[entity] - 1
  if left > 0 then
    self.references[entity] = left
    return
  end
  self.references[entity], self.sent[entity] = nil, nil
  self.removed[#self.removed + 1] = entity.key
end

--- The changes of one frame: lists of texts by kind of change.
local changes = { whole = {}, moved = {}, harmed = {} }
local counts = { whole = 0, moved = 0, harmed = 0 }

--- Begins a frame.
function EntityTable.begin()
  counts.whole, counts.moved, counts.harmed = 0, 0, 0
end

local function add(kind, text)
  counts[kind] = counts[kind] + 1
  changes[kind][counts[kind]] = text
end

--- Adds to the frame what of an entity changed since it was sent.
local function send(self, entity)
  local since = self.sent[entity]
  self.sent[entity] = entity.version
  if not since or entity.described_at > since then return add("whole", entities.whole(entity)) end
  if entity.moved_at > since then add("moved", entities.moved(entity)) end
  if entity.health_at > since then add("harmed", entities.harmed(entity)) end
end

local function view_of(entry, section)
  local view = entry.seen[section]
  if not view then
    view = { revision = 0, newest = 0, members = {}, stamp = 0 }
    entry.seen[section] = view
  end
  return view
end

--- Keys that a section lists from now on, and those that it no longer lists; reused to avoid garbage.
local added, dropped = {}, {}

local function enter(self, view, list)
  local count, stamp = 0, view.stamp
  for position = 1, #list do
    local entity = list[position]
    if not view.members[entity] then
      count = count + 1
      added[count] = entity.key
      self.references[entity] = (self.references[entity] or 0) + 1
      if self.sent[entity] ~= entity.version then send(self, entity) end
    end
    view.members[entity] = stamp
  end
  return count
end

local function leave(self, view)
  local count = 0
  for entity, stamp in pairs(view.members) do
    if stamp ~= view.stamp then
      count = count + 1
      dropped[count], view.members[entity] = entity.key, nil
      release(self, entity)
    end
  end
  return count
end

local function keys_of(name, keys, count)
  return count > 0 and '"' .. name .. '":[' .. table.concat(keys, ",", 1, count) .. "]," or ""
end

--- The text of a section that lists other entities than before.
local function difference(self, view, scene)
  view.stamp, view.revision = view.stamp + 1, scene.revision
  local entered, left = enter(self, view, scene.list), leave(self, view)
  return "{" .. keys_of("added", added, entered) .. keys_of("removed", dropped, left) .. '"left_out":'
    .. scene.left_out .. "}"
end

--- Notes that an entry's section shows a scene (timmy.server.scene), and adds to the frame what the client does not
-- know. Returns the section's text if it lists other entities than before, and whether any of them changed.
function EntityTable:show(entry, section, scene)
  local view, text = view_of(entry, section), nil
  if view.revision ~= scene.revision then text = difference(self, view, scene) end
  local before, versions = view.newest, scene.versions
  if scene.newest <= before then return text, false end
  view.newest = scene.newest
  for position = 1, #versions do
    if versions[position] > before then
      local entity = scene.list[position]
      if self.sent[entity] ~= entity.version then send(self, entity) end
    end
  end
  return text, true
end

--- Forgets what an entry showed: its player has left.
function EntityTable:forget(entry)
  for _, view in pairs(entry.seen) do
    for entity in pairs(view.members) do release(self, entity) end
  end
end

--- Appends texts to `pieces` as the member `name` of an object that has `members` already; returns the new length.
local function put_list(pieces, at, members, name, list, count)
  pieces[at + 1], pieces[at + 2], pieces[at + 3] = members == 0 and '"entities":{"' or ',"', name, '":['
  at = at + 3
  for position = 1, count do
    pieces[at + 1], pieces[at + 2] = list[position], ","
    at = at + 2
  end
  pieces[at] = "]"
  return at
end

local KINDS = { "whole", "moved", "harmed" }

--- Appends the member `entities` of the frame and a comma to the list of texts `pieces`, which has `at` of them;
-- nothing if no entity changed. Returns the new length.
function EntityTable:put(pieces, at)
  local members, removed = 0, self.removed
  if #removed > 0 then
    at, members = put_list(pieces, at, members, "removed", removed, #removed), 1
    self.removed = {}
  end
  for position = 1, #KINDS do
    local kind = KINDS[position]
    if counts[kind] > 0 then
      at, members = put_list(pieces, at, members, kind, changes[kind], counts[kind]), members + 1
    end
  end
  if members == 0 then return at end
  pieces[at + 1] = "},"
  return at + 1
end

return M
