--- What a player knows: what it can talk of, the books it has read, what it has killed, what its map shows.
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local game = require("timmy.game.guard")
local refuse = require("timmy.commands.refusal")
local saved = require("timmy.game.saved")
local schema = require("timmy.wire.checks")

local player = { name = "player", check = schema.name }

local function insert_once(list, id)
  if not saved.find(list, id) then table.insert(list, id) end
end

local add_topic = { name = "add_topic", fields = { player, { name = "topic", check = schema.name } } }

--- Clients name topics in lower case, and CoreScripts compare them as they come.
function add_topic.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareTopics", true)
  local topics, damaged = saved.table_of(holder, "topics")
  if not topics then return nil, damaged end
  local topic = values.topic:lower()
  game.ClearTopicChanges(pid)
  game.AddTopic(pid, topic)
  game.SendTopicChanges(pid, is_shared, false)
  insert_once(topics, topic)
  holder:QuicksaveToDrive()
  return { topic = topic }
end

local add_book = { name = "add_book", fields = { player, { name = "book", check = schema.name } } }

function add_book.run(pid, values)
  local reader = corescripts.player(pid)
  local books, damaged = saved.table_of(reader, "books")
  if not books then return nil, damaged end
  game.ClearBookChanges(pid)
  game.AddBook(pid, values.book)
  game.SendBookChanges(pid, false, false)
  insert_once(books, values.book)
  reader:QuicksaveToDrive()
  return { book = values.book }
end

local set_kills = { name = "set_kills" }

set_kills.fields = {
  player,
  { name = "ref_id", check = schema.name },
  { name = "count", check = schema.integer(0, 1000000) },
}

function set_kills.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareKills", true)
  local kills, damaged = saved.table_of(holder, "kills")
  if not kills then return nil, damaged end
  local ref_id = values.ref_id:lower()
  game.ClearKillChanges()
  game.AddKill(ref_id, values.count)
  game.SendWorldKillCount(pid, is_shared, false)
  kills[ref_id] = values.count
  holder:QuicksaveToDrive()
  return { ref_id = ref_id, count = values.count }
end

local show_map = { name = "show_map" }

show_map.fields = {
  player,
  { name = "x", check = schema.integer(-cells.FARTHEST, cells.FARTHEST) },
  { name = "y", check = schema.integer(-cells.FARTHEST, cells.FARTHEST) },
}

--- The server draws no maps: it has the tiles that some player's client has drawn and sent.
function show_map.run(pid, values)
  local cell = cells.exterior(values.x, values.y)
  local path = corescripts.setting("dataPath", game.GetDataPath()) .. "/map/" .. cell .. ".png"
  if not game.DoesFilePathExist(path) then
    return refuse("no_such_target", "nobody has drawn the map of " .. cell .. " for this server yet", "x")
  end
  local holder, is_shared = saved.holder(pid, "shareMapExploration", false)
  local explored, damaged = saved.table_of(holder, "mapExplored")
  if not explored then return nil, damaged end
  game.ClearMapChanges()
  game.LoadMapTileImageFile(values.x, values.y, path)
  game.SendWorldMap(pid, is_shared, false)
  insert_once(explored, cell)
  holder:QuicksaveToDrive()
  return { cell = cell }
end

return { add_topic, add_book, set_kills, show_map }
