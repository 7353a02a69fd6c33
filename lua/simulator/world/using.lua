--- How a client uses things: it asks the server, and acts once the server has sent the request back. Doors lead to
--- their destination, items are picked up, containers and dialogues open.
local dialogue = require("simulator.world.dialogue")
local json = require("timmy.wire.json")
local movement = require("simulator.world.movement")
local objects = require("simulator.world.objects")
local reports = require("simulator.world.reports")
local sight = require("simulator.world.sight")

local M = {}

local REACH = 192 -- game units; the game's setting iMaxActivateDist
local ANSWER_MS = 1000 -- until a request counts as denied by the server's scripts
local OPEN, CLOSED = 1, 2 -- enumerations.doorstate
local REMOVE, DRAG = 2, 1 -- enumerations.container, .containerSub

local function refuse(message, field)
  return nil, { code = "game_refused", message = message, field = field }
end

--- The thing with an index, if the player can reach it; else nil and an error.
local function reachable(client, index)
  local seen = sight.find(client, index)
  if not seen then
    return nil, { code = "no_such_target", message = "the player's client sees no " .. index, field = "unique_index" }
  end
  local distance = sight.distance(client, seen)
  if distance > REACH then
    return refuse(("%s is %.0f game units away; the player reaches %d"):format(index, distance, REACH), "unique_index")
  end
  return seen
end

local function entry_of(seen)
  return { refNum = seen.refNum, mpNum = seen.mpNum, refId = seen.refId }
end

--- Begins a request that the server has to allow.
local function begin(client, seen, more)
  client.using = more or {}
  client.using.index, client.using.until_ms = seen.index, client.world.now + ANSWER_MS
  return client.world.input:defer(client, "using")
end

local function request(client, seen)
  local outcome = begin(client, seen)
  objects.use(client, seen.cell, entry_of(seen))
  return outcome
end

--- A verb that activates a thing of some kinds only; `words` say which.
local function activation(kinds, words)
  return function(client, values)
    local seen, wrong = reachable(client, values.unique_index)
    if not seen then
      return nil, wrong
    end
    local kind = seen.is_dead and "corpse" or seen.kind
    if kinds and not kinds[kind] then
      return refuse(("%s is %s: %s"):format(seen.index, seen.refId, words), "unique_index")
    end
    return request(client, seen)
  end
end

M.activate = activation()
M.open = activation({ door = true, gate = true, container = true, corpse = true }, "it can't be opened")
M.talk = activation({ actor = true }, "nobody to talk to")
local pick_up = activation({ item = true }, "name an 'item' to take from it")

--- Takes an item from an open container: the server decides how many are there.
local function take_from(client, seen, values)
  local window = client.window
  if not (window and window.kind == "container" and window.index == seen.index) then
    return refuse(seen.index .. " is not open: open it first", "unique_index")
  end
  local there = objects.contents(client, seen.index)[values.item] or 0
  if there < values.count then
    return nil, { code = "no_such_target", message = ("it holds %d of %s"):format(there, values.item), field = "item" }
  end
  local outcome = begin(client, seen, { item = values.item })
  local item = reports.stack(values.item, there)
  item.actionCount = values.count
  local entry = entry_of(seen)
  entry.items = { item }
  reports.objects(client, "OnContainer", seen.cell, { entry }, { action = REMOVE, sub_action = DRAG })
  return outcome
end

function M.take(client, values)
  if not values.item then
    return pick_up(client, values)
  end
  local seen, wrong = reachable(client, values.unique_index)
  if not seen then
    return nil, wrong
  end
  return take_from(client, seen, values)
end

local effects = {}

function effects.door(client, seen)
  movement.stop(client, "door")
  movement.enter(client, seen.entry.leads_to, seen.entry.to)
  local value = movement.place(client)
  value.kind = "door"
  return value
end

function effects.gate(client, seen)
  local object = client.objects[seen.index] or {}
  local state = object.doorState == OPEN and CLOSED or OPEN
  local entry = entry_of(seen)
  entry.doorState = state
  reports.objects(client, "OnDoorState", seen.cell, { entry })
  return { kind = "door", door = state == OPEN and "open" or "closed" }
end

function effects.item(client, seen)
  reports.objects(client, "OnObjectDelete", seen.cell, { entry_of(seen) })
  reports.inventory(client, reports.ADD, seen.refId, seen.count)
  return { kind = "item", item = seen.refId, count = seen.count }
end

local function open_container(client, seen)
  client.window = { kind = "container", index = seen.index }
  local listed = {}
  for id, count in pairs(objects.contents(client, seen.index)) do
    table.insert(listed, { item = id, count = count })
  end
  table.sort(listed, function(one, other) return one.item < other.item end)
  return { kind = "container", contents = json.array(listed) }
end

effects.container = open_container

function effects.actor(client, seen)
  if seen.is_dead then
    return open_container(client, seen)
  end
  return dialogue.open(client, seen)
end

--- Why a thing does not open, or nil.
local function lock_of(client, seen)
  local level = (client.objects[seen.index] or {}).lockLevel or 0
  return level > 0 and ("%s is locked (level %d)"):format(seen.index, level) or nil
end

--- The server let the player use a thing: by the player's own request, or unasked.
function M.allowed(client, index)
  local seen = sight.find(client, index)
  local is_asked = client.using and client.using.index == index and not client.using.item
  if is_asked then
    client.using = nil
  end
  if not seen then
    return
  end
  local value, err
  local locked = lock_of(client, seen)
  if locked then
    value, err = refuse(locked, "unique_index")
  else
    value = effects[seen.kind](client, seen)
  end
  if is_asked then
    client.world.input:settle(client, "using", value, err)
  end
end

--- The server let the player take items from a container: `entry` says how many.
function M.taken(client, index, entry)
  local asked = client.using
  if not (asked and asked.item and asked.index == index) then
    return
  end
  client.using = nil
  local item = entry.items[1]
  if item.actionCount < 1 then
    return client.world.input:settle(client, "using", refuse("somebody else took it first", "item"))
  end
  reports.inventory(client, reports.ADD, item.refId, item.actionCount)
  dialogue.item_came(client, item.refId)
  client.world.input:settle(client, "using", { kind = "item", item = item.refId, count = item.actionCount })
end

--- A request that the server did not answer was prevented by a script.
function M.step(client)
  if client.using and client.world.now >= client.using.until_ms then
    client.using = nil
    client.world.input:settle(client, "using", refuse("the server's scripts did not allow it", "unique_index"))
  end
end

return M
