--- Packets about actors for which CoreScripts have no function, or a wrong one. They go to everybody who has loaded the
-- cell, so that the next client to simulate it knows their contents too.
local declarations = require("timmy.wire.declarations")
local guard = require("timmy.game.guard")

local M = {}

local function begin(actor)
  guard.ClearActorList()
  guard.SetActorListPid(actor.authority)
  guard.SetActorListCell(actor.cell.description)
  guard.SetActorRefNum(actor.ref_num)
  guard.SetActorMpNum(actor.mp_num)
end

--- Lets an actor play a sound file as speech.
function M.speech(actor, sound)
  begin(actor)
  guard.SetActorSound(sound)
  guard.AddActor()
  guard.SendActorSpeech(true, false)
end

--- Sends an actor's whole equipment: a client removes what the packet leaves out.
function M.equipment(actor, worn)
  begin(actor)
  for slot = 0, #declarations.SLOTS - 1 do
    local item = worn[slot]
    if item then
      guard.EquipActorItem(slot, item.refId, item.count, item.charge or -1, item.enchantmentCharge or -1)
    else
      guard.UnequipActorItem(slot)
    end
  end
  guard.AddActor()
  guard.SendActorEquipment(true, false)
end

local function target(package)
  if package.target_pid then
    guard.SetActorAITargetToPlayer(package.target_pid)
  elseif package.target then
    guard.SetActorAITargetToObject(package.target.ref_num, package.target.mp_num)
  end
end

--- Sends a complete AI package: CoreScripts' builder omits the destination of a package with a target, and the duration
-- of one with a distance.
function M.ai(actor, package)
  begin(actor)
  guard.SetActorAIAction(package.action)
  target(package)
  if package.x then guard.SetActorAICoordinates(package.x, package.y, package.z) end
  guard.SetActorAIDistance(package.distance or 0)
  guard.SetActorAIDuration(package.duration or 0)
  guard.SetActorAIRepetition(package.repeats == true)
  guard.AddActor()
  guard.SendActorAI(true, false)
end

return M
