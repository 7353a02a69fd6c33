--- CoreScripts' handling of a client's packets about its player's knowledge and active effects.
local M = {}

local function is_logged_in(pid)
  return Players[pid] ~= nil and Players[pid]:IsLoggedIn()
end

--- Runs validators, then the default behaviour unless a validator prevented it, then handlers.
local function hook(event, arguments, default)
  local status = customEventHooks.triggerValidators(event, arguments)
  if status.validDefaultHandler then
    default()
  end
  customEventHooks.triggerHandlers(event, status, arguments)
end

local function save_topics(pid)
  local holder = config.shareTopics and WorldInstance or Players[pid]
  if type(holder.data.topics) ~= "table" then
    holder.data.topics = {}
  end
  for index = 0, tes3mp.GetTopicChangesSize(pid) - 1 do
    tableHelper.insertValueIfMissing(holder.data.topics, tes3mp.GetTopicId(pid, index))
  end
  holder:QuicksaveToDrive()
  if config.shareTopics then
    tes3mp.SendTopicChanges(pid, true, true) -- to the others: the sender has them already
  end
end

function M.OnPlayerTopic(pid)
  if is_logged_in(pid) then
    hook("OnPlayerTopic", { pid }, function() save_topics(pid) end)
  end
end

local function effects_of(pid, spell)
  local effects = {}
  for effect = 0, tes3mp.GetSpellsActiveEffectCount(pid, spell) - 1 do
    table.insert(effects, { id = tes3mp.GetSpellsActiveEffectId(pid, spell, effect),
      arg = tes3mp.GetSpellsActiveEffectArg(pid, spell, effect),
      magnitude = tes3mp.GetSpellsActiveEffectMagnitude(pid, spell, effect),
      duration = tes3mp.GetSpellsActiveEffectDuration(pid, spell, effect),
      timeLeft = tes3mp.GetSpellsActiveEffectTimeLeft(pid, spell, effect) })
  end
  return effects
end

local function active_spells(pid)
  local active = {}
  for spell = 0, tes3mp.GetSpellsActiveChangesSize(pid) - 1 do
    local id = tes3mp.GetSpellsActiveId(pid, spell)
    active[id] = active[id] or {}
    table.insert(active[id], { displayName = tes3mp.GetSpellsActiveDisplayName(pid, spell),
      stackingState = tes3mp.GetSpellsActiveStackingState(pid, spell), startTime = os.time(),
      effects = effects_of(pid, spell) })
  end
  return { action = tes3mp.GetSpellsActiveChangesAction(pid), spellsActive = active }
end

function M.OnPlayerSpellsActive(pid)
  if not is_logged_in(pid) then
    return
  end
  local packet = active_spells(pid)
  hook("OnPlayerSpellsActive", { pid, packet }, function()
    Players[pid]:SaveSpellsActive(packet)
    tes3mp.SendSpellsActiveChanges(pid, true, true)
  end)
end

return M
