--- Packets about actors that CoreScripts have no function for, or a wrong one: sent to everybody who has their cell
-- loaded, so that the next one to simulate it knows them too.
local game = require("timmy.game.guard")

local M = {}

--- How many places for equipment an actor has.
M.SLOTS = 19

local function begin(actor)
  game.ClearActorList()
  game.SetActorListPid(actor.authority)
  game.SetActorListCell(actor.cell.description)
  game.SetActorRefNum(actor.ref_num)
  game.SetActorMpNum(actor.mp_num)
end

--- Lets an actor say what is in a sound file.
function M.speech(actor, sound)
  begin(actor)
  game.SetActorSound(sound)
  game.AddActor()
  game.SendActorSpeech(true, false)
end

--- Sends all that an actor wears: what the packet leaves out is taken off.
function M.equipment(actor, worn)
  begin(actor)
  for slot = 0, M.SLOTS - 1 do
    local item = worn[slot]
    if item then
      game.EquipActorItem(slot, item.refId, item.count, item.charge or -1, item.enchantmentCharge or -1)
    else
      game.UnequipActorItem(slot)
    end
  end
  game.AddActor()
  game.SendActorEquipment(true, false)
end

local function target(package)
  if package.target_pid then
    game.SetActorAITargetToPlayer(package.target_pid)
  elseif package.target then
    game.SetActorAITargetToObject(package.target.ref_num, package.target.mp_num)
  end
end

--- Sends an AI package whole: CoreScripts' builder leaves out the destination of who has a target, and the duration of
-- who has a distance.
function M.ai(actor, package)
  begin(actor)
  game.SetActorAIAction(package.action)
  target(package)
  if package.x then game.SetActorAICoordinates(package.x, package.y, package.z) end
  game.SetActorAIDistance(package.distance or 0)
  game.SetActorAIDuration(package.duration or 0)
  game.SetActorAIRepetition(package.repeats == true)
  game.AddActor()
  game.SendActorAI(true, false)
end

return M
