--- The latest value of a section, as the JSON text of each of its members, with the revision at which the member last
-- changed. A member is encoded only when it differs from the last one: most sections change in one or two members.
local json = require("timmy.wire.json")

local Reading = {}
Reading.__index = Reading

local M = {}

--- The longest section, in bytes: half of a slow reader's buffer. The longest of a normal game takes a quarter of that.
-- A game client that sends names of any length must not end the connections of those who observe its player.
local LONGEST_BYTES = 524288

--- What a member that is gone has for a text.
local GONE = "null"

function M.new()
  return setmetatable({ members = {}, texts = {}, changed = {}, gone = {} }, Reading)
end

--- `"name":` by name.
local leads = setmetatable({}, { __index = function(known, name)
  known[name] = json.encode(name) .. ":"
  return known[name]
end })

--- Names and texts of the members that differ from the last ones; reused to avoid garbage.
local names, texts = {}, {}

local function is_same(self, name, member)
  return member == self.members[name] and (type(member) ~= "table" or json.is_constant(member))
end

--- Encodes the members that differ; returns their number and the section's size in bytes, or nil and why not.
local function encode_different(self, layout, value)
  local count, size = 0, 0
  for index = 1, layout.count do
    local name = layout.names[index]
    local text = self.texts[name]
    if not is_same(self, name, value[name]) then
      local new, why = json.encode(value[name])
      if not new then return nil, why end
      if new ~= text then
        count = count + 1
        names[count], texts[count], text = name, new, new
      end
    end
    size = size + #layout.leads[index] + #text
  end
  return count, size
end

--- Whether two layouts have the same names. Layouts are forgotten at times, and those of many names are never kept
-- (timmy.wire.json.layouts).
local function are_alike(one, other)
  if one == other then return true end
  if not one or one.count ~= other.count then return false end
  for index = 1, one.count do
    if one.names[index] ~= other.names[index] then return false end
  end
  return true
end

--- Marks the members that the layout lacks as gone.
local function drop_others(self, value, revision)
  for name, text in pairs(self.texts) do
    if value[name] == nil and text ~= GONE then
      self.texts[name], self.members[name], self.changed[name] = GONE, nil, revision
    end
  end
end

local function too_long(size)
  return size > LONGEST_BYTES and size .. " bytes are too many" or nil
end

local function next_revision(revisions, section)
  revisions[section] = (revisions[section] or 0) + 1
  return revisions[section]
end

local function take_object(self, value, revisions, section)
  local layout, offending = json.layout(value)
  if not layout then return nil, "a name is a " .. offending end
  local count, size = encode_different(self, layout, value)
  if not count then return nil, size end
  local why = too_long(size)
  if why then return nil, why end
  for name, member in pairs(value) do self.members[name] = member end
  local is_alike = are_alike(self.layout, layout)
  if count == 0 and is_alike then return self end
  local revision = next_revision(revisions, section)
  for position = 1, count do self.texts[names[position]], self.changed[names[position]] = texts[position], revision end
  if not is_alike then drop_others(self, value, revision) end
  self.layout, self.revision, self.whole = layout, revision, nil
  return self
end

--- A section that is text already, or not an object: it changes as a whole.
local function take_whole(self, value, revisions, section)
  local text, why = json.encode(value)
  why = why or too_long(#text)
  if why then return nil, why end
  if self.layout then self.members, self.texts, self.changed = {}, {}, {} end
  if text ~= self.whole or self.layout then
    self.layout, self.whole, self.revision = nil, text, next_revision(revisions, section)
  end
  return self
end

--- Takes a new value; if it differs from the last one, it gets the next revision of the section in the table
-- `revisions`. Returns the reading, or nil and why the value can't be sent.
function Reading:take(value, revisions, section)
  if json.is_object(value) then return take_object(self, value, revisions, section) end
  return take_whole(self, value, revisions, section)
end

local pieces = {}

--- The whole section as JSON text.
function Reading:text()
  if self.whole then return self.whole end
  local layout, count = self.layout, 0
  for index = 1, layout.count do
    pieces[count + 1], pieces[count + 2] = layout.leads[index], self.texts[layout.names[index]]
    count = count + 2
  end
  self.whole = count == 0 and "{}" or table.concat(pieces, "", 1, count) .. "}"
  return self.whole
end

--- The members that changed after revision `since` as the text of an object, those that are gone with null; all of
-- them if the section has only its whole text.
function Reading:changes(since)
  if not self.layout then return self.whole end
  local count = 0
  for name, revision in pairs(self.changed) do
    if revision > since then
      pieces[count + 1], pieces[count + 2], pieces[count + 3] = count == 0 and "{" or ",", leads[name], self.texts[name]
      count = count + 3
    end
  end
  return count == 0 and "{}" or table.concat(pieces, "", 1, count) .. "}"
end

return M
