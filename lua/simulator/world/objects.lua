--- A client's handling of packets about objects: it updates the cells that it has loaded and ignores others.
--- `client.objects[uniqueIndex]` is its state of one object; tests read it.
local M = {}

local ANSWER_MS = 30
local SET, ADD, REMOVE, REQUEST = 0, 1, 2, 3 -- enumerations.container

local function index_of(entry)
  return (entry.refNum or 0) .. "-" .. (entry.mpNum or 0)
end

local function known(self, entry)
  local index = index_of(entry)
  self.objects[index] = self.objects[index] or {}
  return self.objects[index], index
end

--- A handler that calls act(self, entry, state, index) for each entry of a packet about a loaded cell.
local function each(act)
  return function(self, packet)
    for _, entry in ipairs(self.loaded[packet.cell] and packet.entries or {}) do
      local object, index = known(self, entry)
      act(self, entry, object, index, packet)
    end
  end
end

local function keep(...)
  local fields = { ... }
  return each(function(_, entry, object)
    for _, field in ipairs(fields) do
      object[field] = entry[field]
    end
  end)
end

local handlers = { ObjectLock = keep("lockLevel"), ObjectTrap = keep("disarmed"), ObjectScale = keep("scale"),
  ObjectState = keep("state"), DoorState = keep("doorState"), ObjectMove = keep("x", "y", "z"),
  ObjectRotate = keep("rotX", "rotY", "rotZ"), ObjectMiscellaneous = keep("goldPool"), ObjectSound = keep("sound"),
  ClientScriptLocal = keep("locals"),
  DoorDestination = keep("teleports", "destination", "destination_position", "destination_rotation") }

handlers.ObjectPlace = each(function(_, entry, object, _, packet)
  object.cell = packet.cell
  object.refId, object.count, object.placed = entry.refId, entry.count, true
  object.x, object.y, object.z, object.rotZ = entry.x, entry.y, entry.z, entry.rotZ
end)

--- An id that is neither in the data files nor was sent as a record is not an actor for the client.
handlers.ObjectSpawn = each(function(self, entry, object, _, packet)
  if not self.world.actors:can_be(entry.refId, self) then
    return
  end
  object.refId, object.spawned = entry.refId, true
  self:after(ANSWER_MS, function() self.world.actors:appear(self, packet.cell, entry) end)
end)

handlers.ObjectDelete = each(function(self, entry, object)
  object.deleted = true
  self.world.actors:vanish(self, entry.refNum, entry.mpNum)
end)

handlers.ObjectActivate = each(function(self, entry, _, index)
  if entry.activatingPid == self.pid then
    self:remember("activated", index)
    self.world.input:activated(self, index)
  end
end)

handlers.ObjectDialogueChoice = each(function(self, _, _, index)
  self.world.input:chosen(self, index)
end)

local function change(contents, action, item)
  local had = contents[item.refId] or 0
  if action == REMOVE then
    local left = had - (item.actionCount or 0)
    contents[item.refId] = left > 0 and left or nil
  elseif action == SET or action == ADD then
    contents[item.refId] = had + item.count
  end
end

--- What a container or an actor holds, as the client knows it: { item = count }.
function M.contents(client, index)
  local object = client.objects[index]
  return object and object.contents or client.world.containers:original(index)
end

--- Changes the contents as a packet says: `items` are its stacks.
function M.change_contents(client, index, action, items)
  local contents = action == SET and {} or M.contents(client, index)
  client.objects[index] = client.objects[index] or {}
  client.objects[index].contents = contents
  for _, item in ipairs(items) do
    change(contents, action, item)
  end
end

local change_container = each(function(self, entry, _, index, packet)
  M.change_contents(self, index, packet.action, entry.items or {})
  self.world.input:taken(self, index, entry, packet.action)
end)

function handlers.Container(self, packet)
  if packet.action == REQUEST then
    self:after(ANSWER_MS, function() self.world.containers:report(self, packet.cell, packet.entries) end)
  else
    change_container(self, packet)
  end
end

--- Records that the server created: the newest of an id counts.
function handlers.RecordDynamic(self, packet)
  for _, record in ipairs(packet.entries) do
    self.records[record.id or record.name or ""] = record
  end
end

M.handlers = handlers

--- A player uses an object: its client asks the server.
function M.use(client, cell, entry)
  local received = client.world.server.empty_list()
  received.cell, received.pid = cell, client.pid
  received.entries = { { refNum = entry.refNum, mpNum = entry.mpNum, refId = entry.refId, activatingPid = client.pid } }
  client.world.server.received.objects = received
  client:fire("OnObjectActivate", cell)
end

return M
