--- What a `nearby_*` section lists for a player: a list of entities (timmy.state.entities), shared by all clients with
-- the same view.
local Scene = {}
Scene.__index = Scene

local M = {}

--- Counts the changes of all scenes: a scene that replaces another one must not seem to be the same.
local last_revision = 0

local function next_revision()
  last_revision = last_revision + 1
  return last_revision
end

--- `revision` numbers the sets of entities; `newest` is the version of the entity that changed last.
function M.new()
  return setmetatable({ list = {}, spare = {}, left_out = 0, revision = 0, newest = 0, at = -math.huge }, Scene)
end

--- Takes the list that was read at `now`, which may be the spare one.
function Scene:take(list, left_out, now)
  local before, newest = self.list, 0
  local is_same = #list == #before and left_out == self.left_out and self.revision > 0
  for position = 1, #list do
    local entity = list[position]
    if entity ~= before[position] then is_same = false end
    if entity.version > newest then newest = entity.version end
  end
  if list == self.spare then self.spare = before end
  if not is_same then self.revision = next_revision() end
  self.list, self.left_out, self.newest, self.at = list, left_out, newest, now
  return self
end

return M
