--- A player's knowledge: topics, books, kills and map.
local cells = require("timmy.state.cells")
local checks = require("timmy.wire.checks")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local saved = require("timmy.game.saved")

local player = { name = "player", check = checks.name }

local function insert_once(list, id)
  if not saved.find(list, id) then table.insert(list, id) end
end

local add_topic = { name = "add_topic", fields = { player, { name = "topic", check = checks.name } } }

--- Clients send topics in lower case, and CoreScripts compare them exactly.
function add_topic.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareTopics", true)
  local topics, damaged = saved.table_of(holder, "topics")
  if not topics then return nil, damaged end
  local topic = values.topic:lower()
  guard.ClearTopicChanges(pid)
  guard.AddTopic(pid, topic)
  guard.SendTopicChanges(pid, is_shared, false)
  insert_once(topics, topic)
  holder:QuicksaveToDrive()
  return { topic = topic }
end

local add_book = { name = "add_book", fields = { player, { name = "book", check = checks.name } } }

function add_book.run(pid, values)
  local reader = corescripts.player(pid)
  local books, damaged = saved.table_of(reader, "books")
  if not books then return nil, damaged end
  guard.ClearBookChanges(pid)
  guard.AddBook(pid, values.book)
  guard.SendBookChanges(pid, false, false)
  insert_once(books, values.book)
  reader:QuicksaveToDrive()
  return { book = values.book }
end

local set_kills = { name = "set_kills" }

set_kills.fields = {
  player,
  { name = "ref_id", check = checks.name },
  { name = "count", check = checks.integer(0, 1000000) },
}

function set_kills.run(pid, values)
  local holder, is_shared = saved.holder(pid, "shareKills", true)
  local kills, damaged = saved.table_of(holder, "kills")
  if not kills then return nil, damaged end
  local ref_id = values.ref_id:lower()
  guard.ClearKillChanges()
  guard.AddKill(ref_id, values.count)
  guard.SendWorldKillCount(pid, is_shared, false)
  kills[ref_id] = values.count
  holder:QuicksaveToDrive()
  return { ref_id = ref_id, count = values.count }
end

local show_map = { name = "show_map" }

show_map.fields = {
  player,
  { name = "x", check = checks.integer(-cells.FARTHEST, cells.FARTHEST) },
  { name = "y", check = checks.integer(-cells.FARTHEST, cells.FARTHEST) },
}

--- The server has only the map tiles that players' clients have drawn and sent.
function show_map.run(pid, values)
  local cell = cells.exterior(values.x, values.y)
  local path = corescripts.setting("dataPath", guard.GetDataPath()) .. "/map/" .. cell .. ".png"
  if not guard.DoesFilePathExist(path) then
    return errors.refuse("no_such_target", "no client has sent the map of " .. cell .. " to this server yet", "x")
  end
  local holder, is_shared = saved.holder(pid, "shareMapExploration", false)
  local explored, damaged = saved.table_of(holder, "mapExplored")
  if not explored then return nil, damaged end
  guard.ClearMapChanges()
  guard.LoadMapTileImageFile(values.x, values.y, path)
  guard.SendWorldMap(pid, is_shared, false)
  insert_once(explored, cell)
  holder:QuicksaveToDrive()
  return { cell = cell }
end

return { add_topic, add_book, set_kills, show_map }
