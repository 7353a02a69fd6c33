--- Other packets about the world: cells to reset, script variables, destinations and collision.
local SHORT, LONG, FLOAT = 0, 1, 2 -- enumerations.variableType

local LISTS = {
  ClearCellsToReset = "resets", ClearClientGlobals = "globals",
  ClearDestinationOverrides = "destinations", ClearEnforcedCollisionRefIds = "collisions",
  ClearSynchronizedClientGlobalIds = "synchronized_globals", ClearSynchronizedClientScriptIds = "synchronized_scripts",
}

local SENT = {
 SendClientScriptGlobal = { "ClientScriptGlobal", "globals" },
  SendWorldDestinationOverride = { "DestinationOverride", "destinations" },
  SendClientScriptSettings = { "ClientScriptSettings", "synchronized_globals" },
  SendCellReset = { "CellReset", "resets" }, SendWorldCollisionOverride = { "Collision", "collisions" } }

local COLLISION = { SetPlayerCollisionState = "players", SetActorCollisionState = "actors",
  SetPlacedObjectCollisionState = "placed", UseActorCollisionForPlacedObjects = "placed_as_actors" }

local function add(server, list, value)
  table.insert(server.writing.worldstate[list], value)
end

local function lists(server, define)
  for name, list in pairs(LISTS) do
    server.writing.worldstate[list] = {}
    define(name, function() server.writing.worldstate[list] = {} end)
  end
end

local function entries(server, define)
  define("AddCellToReset", function(cell) add(server, "resets", cell) end)
  define("AddClientGlobalInteger", function(id, value, kind)
    if kind == SHORT or kind == LONG then
      add(server, "globals", { id = id, value = value, kind = kind })
    end
  end)
  define("AddClientGlobalFloat", function(id, value)
    add(server, "globals", { id = id, value = value, kind = FLOAT })
  end)
  define("AddDestinationOverride", function(from, to) add(server, "destinations", { from = from, to = to }) end)
  define("AddEnforcedCollisionRefId", function(refId) add(server, "collisions", refId) end)
  define("AddSynchronizedClientGlobalId", function(id) add(server, "synchronized_globals", id) end)
  define("AddSynchronizedClientScriptId", function(id) add(server, "synchronized_scripts", id) end)
end

local function sends(server, define, define_player)
  for name, field in pairs(COLLISION) do
    define(name, function(state) server.writing.collision[field] = state end)
  end
  for name, sent in pairs(SENT) do
    define_player(name, function(player, to_others, skip)
      local packet = { type = sent[1], entries = server.writing.worldstate[sent[2]] }
      for field, state in pairs(sent[1] == "Collision" and server.writing.collision or {}) do
        packet[field] = state
      end
      server:send(player.pid, packet, to_others, skip)
    end)
  end
end

return function(server, define, define_player)
  server.writing.collision = { players = true, actors = true, placed = false, placed_as_actors = false }
  lists(server, define)
  entries(server, define)
  sends(server, define, define_player)
end
