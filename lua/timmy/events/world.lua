--- Events of the world: weather, map, kills, records, and the game's global variables.
local guard = require("timmy.game.guard")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")
local shapes = require("timmy.events.shapes")
local weather = require("timmy.state.weather")

local whole = numbers.whole

local function kills()
  local counts = {}
  for position, kill in ipairs(guard.received_kills()) do
    local is_listed = position <= shapes.MOST and id_lists.is_id(kill.ref_id)
    if is_listed then counts[kill.ref_id] = math.max(0, whole(kill.count)) end
  end
  return { counts = json.object(counts) }
end

local function map(_, tiles)
  local cells = {}
  for position, tile in ipairs(shapes.table_or_empty(tiles)) do
    if position <= shapes.MOST and type(tile) == "table" then
      cells[position] = whole(tile.cellX) .. ", " .. whole(tile.cellY)
    end
  end
  return { cells = (id_lists.list(cells, shapes.MOST)) }
end

local function video(_, videos)
  return { files = (id_lists.list(videos, shapes.MOST)) }
end

--- CoreScripts pass a list before they save the records, and a table by id after it.
local function records(_, created, store)
  local names = {}
  for id, record in pairs(shapes.table_or_empty(created)) do
    if id_lists.is_id(id) and type(record) == "table" then names[id] = shapes.text_or(record.name, "") end
  end
  return { store = shapes.text_or(store, ""), records = json.object(names) }
end

local function globals(_, variables)
  local values = {}
  for _, id in ipairs((id_lists.names(variables, shapes.MOST))) do
    local variable = shapes.table_or_empty(variables[id])
    values[id] = numbers.finite(variable.intValue or variable.floatValue)
  end
  return { values = json.object(values) }
end

return {
  { event = "kills", hook = "OnWorldKillCount", counts = shapes.is_done, read = kills },
  { event = "map", hook = "OnWorldMap", counts = shapes.is_done, read = map },
  { event = "weather", hook = "OnWorldWeather", counts = shapes.is_done,
    read = function() return guard.received_weather(weather.NAMES) end },
  { event = "video", hook = "OnVideoPlay", counts = shapes.is_done, read = video },
  { event = "record_created", hook = "OnRecordDynamic", counts = shapes.is_done, read = records },
  { event = "script_global", hook = "OnClientScriptGlobal", counts = shapes.is_done, read = globals },
}
