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

--- `revision` numbers the sets of entities; `versions` are those of the entities of `list`, and `newest` is the latest.
function M.new()
  return setmetatable({ list = {}, versions = {}, spare_list = {}, spare_versions = {}, left_out = 0, revision = 0,
    newest = 0, at = -math.huge }, Scene)
end

--- Two lists to be filled and taken: two scenes' lists take turns, to avoid garbage.
function Scene:spares()
  return self.spare_list, self.spare_versions
end

--- Takes the list that was read at `now`, with the versions of its entities.
function Scene:take(list, versions, left_out, now)
  local before, newest = self.list, 0
  local is_same = #list == #before and left_out == self.left_out and self.revision > 0
  for position = 1, #list do
    if list[position] ~= before[position] then is_same = false end
    if versions[position] > newest then newest = versions[position] end
  end
  if list == self.spare_list then self.spare_list, self.spare_versions = before, self.versions end
  if not is_same then self.revision = next_revision() end
  self.list, self.versions, self.left_out, self.newest, self.at = list, versions, left_out, newest, now
  return self
end

return M
