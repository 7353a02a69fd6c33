--- Layouts: the sorted names of an object, and the text before each of its values.
--
-- Sorting the names of thirty actors costs more than writing their numbers. Objects of one kind have their names in the
-- same order, so a tree of names leads to the cached layout. Larger objects are maps of the game's ids: each is
-- different, so caching them gains nothing.
local quote = require("timmy.wire.json.quoting")

-- Larger objects are maps of the game's ids: each is its own kind, and remembering it gains nothing.
local MAX_NAMES = 16
local MAX_BRANCHES = 4096

local root, branches = { next = {} }, 0

local function branch(parent, name)
  local child = { next = {} }
  parent.next[name], branches = child, branches + 1
  return child
end

local function new_layout(object)
  local names, leads = {}, {}
  for name in pairs(object) do names[#names + 1] = name end
  table.sort(names)
  for index, name in ipairs(names) do
    leads[index] = (index == 1 and "{" or ",") .. quote(name) .. ":"
  end
  return { names = names, leads = leads, count = #names }
end

local function forget_when_full()
  if branches >= MAX_BRANCHES then root, branches = { next = {} }, 0 end
end

--- The layout of an object with string names only; else nil and the wrong type.
return function(object)
  forget_when_full()
  local node, count = root, 0
  for name in pairs(object) do
    if type(name) ~= "string" then return nil, type(name) end
    count = count + 1
    if count <= MAX_NAMES then node = node.next[name] or branch(node, name) end
  end
  if count > MAX_NAMES then return new_layout(object) end
  node.layout = node.layout or new_layout(object)
  return node.layout
end
