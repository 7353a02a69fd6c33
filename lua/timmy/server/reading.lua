--- The latest value of a section, as the JSON text of each of its members, with the revision at which the member last
-- changed. A member is encoded only when it differs from the last one: most sections change in one or two members.
local json = require("timmy.wire.json")

local Reading = {}
Reading.__index = Reading

local M = {}

--- The longest section, in bytes: half of a slow reader's buffer. The longest of a normal game takes a quarter of that.
-- A game client that sends names of any length must not end the connections of those who observe its player.
local LONGEST_BYTES = 524288

--- What is sent of a member that is gone.
local GONE = "null"

function M.new()
  return setmetatable({ members = {}, texts = {}, changed = {}, count = 0, size = 0 }, Reading)
end

--- `"name":` by name.
local leads = setmetatable({}, { __index = function(known, name)
  known[name] = json.encode(name) .. ":"
  return known[name]
end })

--- Names, values and texts of the members that differ from the last ones; reused to avoid garbage.
local names, values, texts = {}, {}, {}

local function is_same(before, member)
  return member == before and (type(member) ~= "table" or json.is_constant(member))
end

--- Encodes the members that differ. Returns their number, the size of all texts in bytes, and whether the value has the
-- same names as the last one; or nil and why not. The names are compared here: finding their order costs more.
local function encode_different(self, value)
  local count, members, known, size = 0, 0, 0, self.size
  for name, member in pairs(value) do
    local text = self.texts[name]
    members, known = members + 1, text and known + 1 or known
    if not text or not is_same(self.members[name], member) then
      local new, why = json.encode(member)
      if not new then return nil, why end
      count, size = count + 1, size + #new - (text and #text or 0)
      names[count], values[count], texts[count] = name, member, new
    end
  end
  return count, size, known == members and members == self.count
end

--- Marks the members that the value lacks as gone. Returns the size of their texts.
local function drop_others(self, value, revision)
  local size = 0
  for name, text in pairs(self.texts) do
    if value[name] == nil then
      size = size + #text
      self.texts[name], self.members[name], self.changed[name] = nil, nil, revision
    end
  end
  return size
end

local function too_long(size)
  return size > LONGEST_BYTES and size .. " bytes are too many" or nil
end

local function next_revision(revisions, section)
  revisions[section] = (revisions[section] or 0) + 1
  return revisions[section]
end

--- Notes the members that were encoded. Returns the revision that they got, nil if all have the same texts as before.
local function store(self, count, revisions, section)
  local revision
  for position = 1, count do
    local name, text = names[position], texts[position]
    self.members[name] = values[position]
    if text ~= self.texts[name] then
      revision = revision or next_revision(revisions, section)
      self.texts[name], self.changed[name] = text, revision
    end
  end
  return revision
end

local function take_object(self, value, revisions, section)
  local count, size, is_alike = encode_different(self, value)
  if not count then return nil, size end
  local layout, offending = self.layout, nil
  if not is_alike or not layout then layout, offending = json.layout(value) end
  local why = offending and "a name is a " .. offending or too_long(size)
  if why then return nil, why end
  local revision = store(self, count, revisions, section)
  if layout ~= self.layout then
    revision = revision or next_revision(revisions, section)
    size = size - drop_others(self, value, revision)
    self.layout, self.count = layout, layout.count
  end
  self.size = size
  if revision then self.revision, self.whole = revision, nil end
  return self
end

--- A section that is text already, or not an object: it changes as a whole.
local function take_whole(self, value, revisions, section)
  local text, why = json.encode(value)
  why = why or too_long(#text)
  if why then return nil, why end
  if self.layout then self.members, self.texts, self.changed, self.count, self.size = {}, {}, {}, 0, 0 end
  if text ~= self.whole or self.layout then
    self.layout, self.whole, self.revision = nil, text, next_revision(revisions, section)
  end
  return self
end

--- Takes a new value; if it differs from the last one, it gets the next revision of the section in the table
-- `revisions`. Returns the reading, or nil and why the value can't be sent. A value must not change afterwards: the
-- same one is not looked at again.
function Reading:take(value, revisions, section)
  if value == self.value then return self end
  local take = json.is_object(value) and take_object or take_whole
  local taken, why = take(self, value, revisions, section)
  if not taken then return nil, why end
  self.value = value
  return self
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
      pieces[count + 1], pieces[count + 2] = count == 0 and "{" or ",", leads[name]
      pieces[count + 3] = self.texts[name] or GONE
      count = count + 3
    end
  end
  return count == 0 and "{}" or table.concat(pieces, "", 1, count) .. "}"
end

return M
