--- Functions that no server has, one for each kind of precondition and of argument, and the preconditions' words.
local declared = require("declared")
local stage = require("stage")

local CELL = "-2, -9"

--- What must hold, as the data says it.
local WORDS = {
  ACTORS = "an actor list is selected (ReadReceivedActorList, ReadCellActorList of a loaded cell)",
  COUNTED = "an actor list is selected, and its cell is still loaded",
  OBJECTS = "an object list is selected (ReadReceivedObjectList; Copy... to send it on)",
  WORLD = "a received worldstate is selected (ReadReceivedWorldstate)",
  RECORDS = "a received worldstate with records is selected (ReadReceivedWorldstate)",
  OF_ACTORS = "index below GetActorListSize", OF_OBJECTS = "index below GetObjectListSize",
  OF_RECORDS = "index below GetRecordCount", OF_SPELLBOOK = "index below GetSpellbookChangesSize",
  OF_ADDED = "index below the number of records of the type that were added",
  OF_WORLD = "index below the size function of its list (GetClientGlobalsSize, GetKillChangesSize,"
    .. " GetMapChangesSize)",
  IN_SPELLS = "spell or effect index below the size function of its inner list",
  IN_EFFECTS = "effect index below the size function of its inner list",
  IN_LOCALS = "variable index below the size function of its inner list",
  IN_CONTAINER = "container item index below the size function of its inner list",
  OF_ACTIVE = "spellIndex below GetSpellsActiveChangesSize",
  OF_ACTIVE_EFFECTS = "effectIndex below GetSpellsActiveEffectCount",
  RANGE = "slot from -3 to 18", CHECKSUM = "the checksum is a hexadecimal number of at most 8 digits",
  LOWER = "factionId in lower case", PATH = "filePath is a path in the server's data folder",
  A_CELL = "cellDescription is a cell: \"x, y\" with numbers from -976 to 976, or an interior's name of 1 to 250 bytes",
  BEING_WRITTEN = "an actor is being written (ClearActorList and its setters)",
}

local PROBES = {
  { name = "ProbeActors", needs = { WORDS.ACTORS } }, { name = "ProbeActorCount", needs = { WORDS.COUNTED } },
  { name = "ProbeObjects", needs = { WORDS.OBJECTS } }, { name = "ProbeWorld", needs = { WORDS.WORLD } },
  { name = "ProbeRecords", needs = { WORDS.RECORDS } },
  { name = "ProbeActor", takes = "index:int", needs = { WORDS.ACTORS, WORDS.OF_ACTORS } },
  { name = "ProbeNamedActor", takes = "actorIndex:int", needs = { WORDS.ACTORS, WORDS.OF_ACTORS } },
  { name = "ProbeObject", takes = "objectIndex:int", needs = { WORDS.OBJECTS, WORDS.OF_OBJECTS } },
  { name = "ProbeRecord", takes = "recordIndex:int", needs = { WORDS.RECORDS, WORDS.OF_RECORDS } },
  { name = "ProbeKill", takes = "index:int", needs = { WORDS.WORLD, WORDS.OF_WORLD } },
  { name = "ProbeMap", takes = "index:int", needs = { WORDS.WORLD, WORDS.OF_WORLD } },
  { name = "ProbeClientGlobal", takes = "index:int", needs = { WORDS.WORLD, WORDS.OF_WORLD } },
  { name = "ProbeSpell", takes = "actorIndex:int,spellIndex:int",
    needs = { WORDS.ACTORS, WORDS.OF_ACTORS, WORDS.IN_SPELLS } },
  { name = "ProbeEffect", takes = "actorIndex:int,spellIndex:int,effectIndex:int",
    needs = { WORDS.ACTORS, WORDS.OF_ACTORS, WORDS.IN_SPELLS } },
  { name = "ProbeRecordEffect", takes = "recordIndex:int,effectIndex:int",
    needs = { WORDS.RECORDS, WORDS.OF_RECORDS, WORDS.IN_EFFECTS } },
  { name = "ProbeLocal", takes = "objectIndex:int,variableIndex:int",
    needs = { WORDS.OBJECTS, WORDS.OF_OBJECTS, WORDS.IN_LOCALS } },
  { name = "GetContainerProbe", takes = "objectIndex:int,itemIndex:int",
    needs = { WORDS.OBJECTS, WORDS.OF_OBJECTS, WORDS.IN_CONTAINER } },
  { name = "ProbeSpellbook", takes = "pid:int,index:int", needs = { WORDS.OF_SPELLBOOK } },
  { name = "ProbeActive", takes = "pid:int,spellIndex:int,effectIndex:int",
    needs = { WORDS.OF_ACTIVE, WORDS.OF_ACTIVE_EFFECTS } },
  { name = "ProbeRange", takes = "count:int,slot:int", needs = { WORDS.RANGE } },
  { name = "ProbeChecksum", takes = "checksumString:string", needs = { WORDS.CHECKSUM } },
  { name = "ProbeFaction", takes = "factionId:string", needs = { WORDS.LOWER } },
  { name = "ProbeCell", takes = "cellDescription:string", needs = { WORDS.A_CELL } },
  { name = "ProbePath", takes = "filePath:string", needs = { WORDS.PATH } },
  { name = "SetProbeChosen", needs = { WORDS.OBJECTS } },
  { name = "SetProbeObject", takes = "objectIndex:int", needs = { WORDS.OF_OBJECTS } },
  { name = "SetProbeItem", takes = "objectIndex:int,itemIndex:int", needs = { WORDS.OF_OBJECTS, WORDS.IN_CONTAINER } },
  { name = "SetProbeItemOnly", takes = "objectIndex:int,itemIndex:int", needs = { WORDS.IN_CONTAINER } },
  { name = "SetProbeRecord", takes = "recordIndex:int", needs = { WORDS.OF_ADDED } },
  { name = "ProbeWritten", needs = { WORDS.BEING_WRITTEN } },
  { name = "ProbePlayer", takes = "pid:int" },
  { name = "ProbeText", takes = "words:string" }, { name = "ProbeInt", takes = "value:int" },
  { name = "ProbeNumber", takes = "value:number" }, { name = "ProbeBoolean", takes = "first:int,shown:boolean" },
  { name = "ProbeFirst", takes = "shown:boolean,last:int" }, { name = "ProbeShown", takes = "shown:boolean" },
  { name = "ProbeAnything", takes = "thing:any" },
  { name = "ProbeConnected", needs = { "a player has connected since the start" } },
  { name = "ProbeCallback", needs = { "no timer callback is running" } },
  { name = "ProbeTimer", takes = "timer:int", needs = { "the timer was not freed" } },
}

--- A packet of each kind: three actors of whom the first has two active spells, the second of which has one effect;
-- two objects of which the first is a container with one item; two entries in each list of the world.
local function receive()
  local spells = { { effects = { {}, {} } }, { effects = { {} } } }
  stage.host.receive("actors", { action = 0, entries = { { refId = "rat", refNum = 1, mpNum = 0, spells = spells },
    { refId = "rat", refNum = 2, mpNum = 0 }, { refId = "rat", refNum = 3, mpNum = 0 } } }, "OnActorList", 0, CELL)
  stage.host.receive("objects", { action = 3, sub_action = 4, origin = 0, command = "", script = "", cell = CELL,
    entries = { { refId = "chest", refNum = 2, mpNum = 0, locals = { {}, {} }, items = { { refId = "gold_001" } } },
      { refId = "chest", refNum = 3, mpNum = 0, items = {} } } }, "OnContainer", 0, CELL)
  stage.host.receive("worldstate", { kills = { {}, {} }, tiles = { {}, {} }, globals = { {}, {} },
    records = { { effects = { {} } }, {} } })
  customEventHooks.triggerHandlers("OnRecordDynamic", customEventHooks.makeEventStatus(true, true), { 0 })
end

--- Starts a world with all that, and a player who has one spell, and one active with one effect.
local function open()
  declared.open(PROBES)
  receive()
  tes3mp.ClearSpellbookChanges(0)
  tes3mp.AddSpell(0, "fireball")
  tes3mp.ClearSpellsActiveChanges(0)
  tes3mp.AddSpellActiveEffect(0, 1, 2, 3, 4, 5)
  tes3mp.AddSpellActive(0, "fireball", "Fireball", false)
end

--- The server has these functions too, and nobody has ever joined it.
local function open_empty() declared.open_empty(PROBES) end

--- The server has these functions, and no client has sent anything.
local function open_unheard() declared.open(PROBES) end

return { CELL = CELL, WORDS = WORDS, open = open, open_empty = open_empty, open_unheard = open_unheard }
