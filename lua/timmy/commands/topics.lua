--- A player's knowledge: topics, books, kills and map.
local cells = require("timmy.state.cells")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local saved = require("timmy.game.saved")

local M = {}

local function insert_once(list, id)
  if not saved.find(list, id) then table.insert(list, id) end
end

--- Clients send topics in lower case, and CoreScripts compare them exactly.
function M.add_topic(pid, values)
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

function M.add_book(pid, values)
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

function M.set_kills(pid, values)
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

--- The server has only the map tiles that players' clients have drawn and sent.
function M.show_map(pid, values)
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

return M
