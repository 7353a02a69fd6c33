--- What each event says, from the packets that CoreScripts hand to their hooks.
local events = require("timmy.events.registry")
local harness = require("harness")
local json = require("timmy.wire.json")
local stage = require("stage")
local test_root = require("test_root")

local equal, holds, test = harness.equal, harness.holds, harness.test

local VALID = { validDefaultHandler = true, validCustomHandlers = true }
local HOME = "-2, -9"

--- A new world whose events are written down by name.
local function listen()
  stage.open()
  local heard = {}
  events.install({
    wants = function() return true end, happened = function() end,
    emit = function(event, _, _, data)
      holds(json.encode(data), event .. " can't be sent")
      heard[event] = data
    end,
  })
  return heard
end

local function events_of(hook, ...)
  local heard = listen()
  customEventHooks.triggerHandlers(hook, VALID, { 0, ... })
  return heard
end

local function thing(fields)
  fields.uniqueIndex, fields.refId = "7-0", "thing"
  return { ["7-0"] = fields }
end

local function in_words(fields)
  fields.unique_index, fields.ref_id = "7-0", "thing"
  return { cell = HOME, objects = { fields }, players = {}, left_out = 0 }
end

local PLAYER_EVENTS = {
  { "attributes", "OnPlayerAttribute", { attributes = { Strength = { base = 50, damage = 3 }, other = "x" } },
    { attributes = { Strength = { base = 50, damage = 3, progress = 0 } } } },
  { "skills", "OnPlayerSkill", { skills = { Longblade = { base = 30, damage = 0, progress = 0.5 } } },
    { skills = { Longblade = { base = 30, damage = 0, progress = 0.5 } } } },
  { "level", "OnPlayerLevel", {}, { level = 1, progress = 0 } },
  { "bounty", "OnPlayerBounty", nil, { bounty = 0 } },
  { "reputation", "OnPlayerReputation", nil, { reputation = 0 } },
  { "shapeshift", "OnPlayerShapeshift", {}, { scale = 1, werewolf = false } },
  { "equipment", "OnPlayerEquipment",
    { equipment = { [16] = { refId = "iron dagger", count = 1 }, [0] = { refId = "" } } },
    { slots = { carried_right = { ref_id = "iron dagger", count = 1, charge = -1, enchantment_charge = -1, soul = "" },
      helmet = json.null } } },
  { "inventory", "OnPlayerInventory", { action = 2, inventory = { { refId = "gold_001", count = 5 } } },
    { action = "remove", left_out = 0,
      items = { { ref_id = "gold_001", count = 5, charge = -1, enchantment_charge = -1, soul = "" } } } },
  { "item_use", "OnPlayerItemUse", "p_restore_health_b", { item = "p_restore_health_b" } },
  { "spellbook", "OnPlayerSpellbook", { action = 1, spellbook = { "fireball" } },
    { action = "add", spells = { "fireball" } } },
  { "spells_active", "OnPlayerSpellsActive", { action = 1, spellsActive = { fireball = {} } },
    { action = "add", spells = { "fireball" } } },
  { "cooldowns", "OnPlayerCooldowns", { cooldowns = { { spellId = "power", startDay = 3, startHour = 4.5 }, "x" } },
    { cooldowns = { { spell = "power", day = 3, hour = 4.5 } } } },
  { "quick_keys", "OnPlayerQuickKeys", { quickKeys = { [1] = { keyType = 2, itemId = "fireball" } } },
    { keys = { ["1"] = { holds = "magic", item = "fireball" } } } },
  { "spell_selected", "OnPlayerSelectedSpell", nil, { spell = "hearth heal" } },
  { "mark", "OnPlayerMarkLocation", nil, { cell = HOME, x = -11050, y = -70620, z = 210 } },
  { "resurrect", "OnPlayerResurrect", nil, {} },
  { "character_created", "OnPlayerEndCharGen", nil, {} },
  { "cell_load", "OnCellLoad", HOME, { cell = HOME } },
  { "cell_unload", "OnCellUnload", HOME, { cell = HOME } },
}

for _, case in ipairs(PLAYER_EVENTS) do
  test("tells of " .. case[1], function() equal(events_of(case[2], case[3])[case[1]], case[4]) end)
end

local OBJECT_EVENTS = {
  { "object_activate", "OnObjectActivate", { activatingPid = 0 }, { by = "Timmy" } },
  { "object_activate", "OnObjectActivate", { activatingUniqueIndex = "9-0" }, { by = "9-0" } },
  { "object_hit", "OnObjectHit", { hittingPid = 1, hit = { success = true, damage = 4.5, block = false } },
    { by = "Jiub", success = true, damage = 4.5, blocked = false, knocked_down = false } },
  { "object_sound", "OnObjectSound", { soundId = "door" }, { sound = "door" } },
  { "object_place", "OnObjectPlace", { count = 3, droppedByPlayer = true, location = { posX = 1, posY = 2, posZ = 3 } },
    { count = 3, dropped = true, x = 1, y = 2, z = 3 } },
  { "object_spawn", "OnObjectSpawn", { summon = {}, location = { posX = 1, posY = 2, posZ = 0 / 0 } },
    { summoned = true, x = 1, y = 2, z = 0 } },
  { "object_delete", "OnObjectDelete", {}, {} },
  { "object_lock", "OnObjectLock", { lockLevel = 50 }, { lock_level = 50 } },
  { "object_trap", "OnObjectTrap", {}, {} },
  { "object_scale", "OnObjectScale", { scale = 2 }, { scale = 2 } },
  { "object_state", "OnObjectState", { state = false }, { enabled = false } },
  { "object_gold", "OnObjectMiscellaneous", { goldPool = 300 }, { gold = 300 } },
  { "object_restock", "OnObjectRestock", {}, {} },
  { "dialogue_choice", "OnObjectDialogueChoice", { dialogueChoiceType = 0, dialogueTopic = "background" },
    { choice = "topic", topic = "background" } },
  { "door_state", "OnDoorState", { doorState = 1 }, { door = "open" } },
  { "script_local", "OnClientScriptLocal", {}, {} },
}

for _, case in ipairs(OBJECT_EVENTS) do
  test("tells of " .. case[1], function()
    equal(events_of(case[2], HOME, thing(case[3]), {})[case[1]], in_words(case[4]))
  end)
end

test("reports a container by its items, and a console command with its text", function()
  equal(events_of("OnContainer", HOME, { { uniqueIndex = "7-0", refId = "thing" } }).container, in_words({}))
  local reported = in_words({})
  reported.command = "coc balmora"
  equal(events_of("OnConsoleCommand", HOME, "coc balmora", thing({}), {}).console_command, reported)
end)

test("names the players that something was done to", function()
  local struck = { [1] = { hittingUniqueIndex = "9-0", hit = { damage = 2 } }, [19] = {} }
  local reported = events_of("OnObjectHit", HOME, {}, struck)
  equal(reported.object_hit.players,
    { { player = "Jiub", by = "9-0", success = false, damage = 2, blocked = false, knocked_down = false } })
end)

test("reports actors seen, dressed, enchanted and killed", function()
  local function of(event, hook, actor) return events_of(hook, HOME, thing(actor))[event].actors[1] end
  equal(of("actor_list", "OnActorList", {}), { unique_index = "7-0", ref_id = "thing" })
  equal(of("actor_equipment", "OnActorEquipment", { equipment = { [11] = { refId = "robe" } } }).equipment,
    { robe = "robe" })
  equal(of("actor_spells_active", "OnActorSpellsActive", { spellsActive = { fireball = {} } }).spells, { "fireball" })
  equal(of("actor_death", "OnActorDeath", { killer = { pid = 0 } }).killer, "Timmy")
  equal(of("actor_death", "OnActorDeath", { killer = { name = "rat" } }).killer, "rat")
  holds(of("actor_death", "OnActorDeath", {}).killer == json.null)
end)

test("names an actor of which only the number was sent, by its record", function()
  local heard, names = listen(), {}
  local index, known = next(LoadedCells[HOME].data.objectData)
  local packet = { [index] = { equipment = {} }, ["7-0"] = { refId = 5 } }
  customEventHooks.triggerHandlers("OnActorEquipment", VALID, { 0, HOME, packet })
  for _, actor in ipairs(heard.actor_equipment.actors) do names[actor.unique_index] = actor.ref_id end
  equal(names, { [index] = known.refId, ["7-0"] = "" })
end)

test("reports an actor that dies and one that crosses a border in the simulated world", function()
  local heard = listen()
  stage.host.kill_actor(102006, 0)
  equal({ heard.actor_death.cell, heard.actor_death.actors[1].ref_id, heard.actor_death.actors[1].killer },
    { HOME, "mudcrab", "Timmy" })
  for _ = 1, 60 do
    if heard.actor_cell_change then break end
    stage.settle()
  end
  local moved = heard.actor_cell_change
  equal(moved.actors[1].ref_id, "imperial guard")
  holds(moved.actors[1].to ~= moved.cell, "it went nowhere")
end)

test("reports changes of the world", function()
  equal(events_of("OnWorldMap", { { cellX = -2, cellY = -9 } }).map, { cells = { HOME } })
  equal(events_of("OnVideoPlay", { "intro.bik" }).video, { files = { "intro.bik" } })
  equal(events_of("OnRecordDynamic", { ["$custom_1"] = { name = "Brew" } }, "potion").record_created,
    { store = "potion", records = { ["$custom_1"] = "Brew" } })
  equal(events_of("OnClientScriptGlobal", { Random100 = { intValue = 4 }, x = "y" }).script_global,
    { values = { Random100 = 4, x = 0 } })
end)

test("reports the weather that a client sends", function()
  local heard = listen()
  for _ = 1, 200 do
    if heard.weather then break end
    stage.settle()
  end
  holds(heard.weather.region ~= "" and heard.weather.current, "no weather was reported")
end)

test("reports learned topics from the current packet", function()
  local heard = listen()
  local answers = { GetTopicChangesSize = 1, GetTopicId = "background", GetBookChangesSize = 1, GetBookId = "book",
    GetFactionChangesSize = 1, GetFactionId = "mages guild", GetFactionRank = 2, GetFactionExpulsionState = true }
  for name, answer in pairs(answers) do tes3mp[name] = function() return answer end end
  local function trigger(hook, ...) customEventHooks.triggerHandlers(hook, VALID, { 0, ... }) end
  trigger("OnPlayerTopic")
  trigger("OnPlayerBook")
  trigger("OnPlayerFaction", 0)
  equal({ heard.topics, heard.books, heard.factions },
    { { topics = { "background" } }, { books = { "book" } }, { factions = { ["mages guild"] = { rank = 2 } } } })
  trigger("OnPlayerFaction", 1)
  equal(heard.factions, { factions = { ["mages guild"] = { expelled = true } } })
end)

test("lists a hundred things of a packet and counts the rest", function()
  local many = {}
  for number = 1, 150 do many[("%03d-0"):format(number)] = { refId = "rat" } end
  local reported = events_of("OnActorList", HOME, many).actor_list
  equal({ #reported.actors, reported.left_out, reported.actors[1].unique_index }, { 100, 50, "001-0" })
end)

test("reports nothing that another script prevented", function()
  for event, hook in pairs(events.hooks) do
    local heard = listen()
    local always = { connect = true, character_created = true, cell_change = true, cell_load = true, cell_unload = true,
      death = true, resurrect = true, attributes = true, skills = true, level = true, bounty = true, reputation = true,
      shapeshift = true, spell_selected = true, mark = true, disconnect = true, joining = true }
    customEventHooks.triggerHandlers(hook, { validDefaultHandler = false, validCustomHandlers = false }, { 0, "x" })
    if not always[event] then equal(heard[event], nil, event) end
  end
end)

test("survives packets of garbage, whatever the hook", function()
  local heard = listen()
  for _, hook in pairs(events.hooks) do
    local wrong = { x = { hit = 3, location = 4, killer = 5 } }
    for _, garbage in ipairs({ "text", 7, true, { 1, "x" }, { x = {} }, wrong }) do
      if hook ~= "OnPlayerDisconnect" and hook ~= "OnPlayerAuthentified" then
        customEventHooks.triggerHandlers(hook, VALID, { 0, garbage, garbage, garbage, garbage })
      end
    end
  end
  holds(heard.object_hit ~= nil)
  equal(stage.host.death(), nil)
end)

--- Callbacks of the server that no event tells of, and why.
local LEFT_OUT = {
  OnServerInit = "the server's own", OnServerPostInit = "the server's own", OnServerExit = "the link breaks then",
  OnServerScriptCrash = "the server's own", OnRequestDataFileList = "the server's own",
  OnMpNumIncrement = "a counter",
  OnPlayerMiscellaneous = "reported as mark and spell_selected", OnPlayerDisposition = "CoreScripts have no hook",
  OnPlayerInput = "CoreScripts have no hook", OnPlayerRest = "CoreScripts have no hook",
  OnActorTest = "CoreScripts have no hook", OnGUIAction = "passwords", OnCellDeletion = "nobody is there",
}

test("every callback of the server is an event, or has a reason not to be", function()
  local file = assert(io.open(test_root .. "/timmy_actors/embedded/data/events-0.8.1.json"))
  local callbacks = json.decode(file:read("*a"))
  file:close()
  local heard = {}
  for _, hook in pairs(events.hooks) do heard[hook] = true end
  for _, callback in ipairs(callbacks) do
    local name = callback.name
    holds(heard[name] or LEFT_OUT[name], name .. " is reported by no event, without a reason")
    holds(not (heard[callback.name] and LEFT_OUT[callback.name]), callback.name .. " is reported and left out")
  end
end)
