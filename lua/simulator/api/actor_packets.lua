--- Packets about actors for clients: the entry that is being built, and the packets that send a list to the visitors of
--- a cell.
local SETTERS = { SetActorRefId = "refId", SetActorRefNum = "refNum", SetActorRefNumIndex = "refNum",
  SetActorMpNum = "mpNum", SetActorCell = "cell", SetActorSound = "sound", SetActorDeathState = "deathState",
  SetActorDeathInstant = "instant", SetActorHealthBase = "healthBase", SetActorHealthCurrent = "healthCurrent",
  SetActorHealthModified = "healthModified", SetActorMagickaBase = "magickaBase",
  SetActorMagickaCurrent = "magickaCurrent", SetActorMagickaModified = "magickaModified",
  SetActorFatigueBase = "fatigueBase", SetActorFatigueCurrent = "fatigueCurrent",
  SetActorFatigueModified = "fatigueModified" }

local AI_SETTERS = { SetActorAIAction = "action", SetActorAIDistance = "distance", SetActorAIDuration = "duration",
  SetActorAIRepetition = "repeats", SetActorAITargetToPlayer = "target_pid" }

local SENT = { "ActorAI", "ActorSpeech", "ActorEquipment", "ActorStatsDynamic", "ActorPosition", "ActorDeath",
  "ActorCellChange", "ActorSpellsActiveChanges" }

local function ai(server, define)
  local function package()
    local actor = server.writing.actor
    actor.ai = actor.ai or {}
    return actor.ai
  end
  for name, field in pairs(AI_SETTERS) do
    define(name, function(value) package()[field] = value end)
  end
  define("SetActorAICoordinates", function(x, y, z)
    local to = package()
    to.x, to.y, to.z = x, y, z
  end)
  define("SetActorAITargetToObject", function(refNum, mpNum)
    local to = package()
    to.target_ref_num, to.target_mp_num = refNum, mpNum
  end)
end

local function entries(server, define)
  for name, field in pairs(SETTERS) do
    define(name, function(value) server.writing.actor[field] = value end)
  end
  define("SetActorPosition", function(x, y, z)
    local actor = server.writing.actor
    actor.x, actor.y, actor.z = x, y, z
  end)
  define("SetActorRotation", function(x, y, z)
    local actor = server.writing.actor
    actor.rotX, actor.rotY, actor.rotZ = x, y, z
  end)
  define("AddActor", function()
    table.insert(server.writing.actors.entries, server.writing.actor)
    server.writing.actor = {}
  end)
end

--- Sends to the list's player, and with `to_visitors` to all who have loaded its cell: that player gets it twice then.
local function send(server, kind, to_visitors, skip)
  local list = server.writing.actors
  local packet = { type = kind, cell = list.cell, entries = list.entries }
  if not skip then
    server:send(list.pid, packet, false, false)
  end
  local cell = server.cells[list.cell]
  for pid = 0, to_visitors and cell and server.last_pid or -1 do
    if pid ~= list.pid and cell.visitors[pid] then
      server:send(pid, packet, false, false)
    end
  end
end

return function(server, define)
  server.writing.actor = {}
  entries(server, define)
  ai(server, define)
  for _, kind in ipairs(SENT) do
    define("Send" .. kind, function(to_visitors, skip) send(server, kind, to_visitors, skip) end)
  end
end
