--- The floor of a push: a bare loop that reads through the same functions what one push reads of a player and of the
-- actors around it, and concatenates the values. It checks nothing, compares nothing and knows no subscribers.
local M = {}

local INTERVAL_MS = 1
--- As many of a cell's actors are read again in a push as have moved.
local ACTORS = 6
--- What changes seldom is read once a second: of the skills so many in each of ten pushes.
local SKILLS_A_PUSH, SKILLS = 3, 27

local pieces, count, turn = {}, 0, 0

local function put(...)
  for position = 1, select("#", ...) do pieces[count + position] = tostring((select(position, ...))) end
  count = count + select("#", ...)
end

local function read_player(pid)
  put(tes3mp.GetCell(pid), tes3mp.GetPosX(pid), tes3mp.GetPosY(pid), tes3mp.GetPosZ(pid), tes3mp.GetRotX(pid),
    tes3mp.GetRotZ(pid))
  put(tes3mp.GetHealthCurrent(pid), tes3mp.GetHealthBase(pid), tes3mp.GetMagickaCurrent(pid))
  put(tes3mp.GetMagickaBase(pid), tes3mp.GetFatigueCurrent(pid), tes3mp.GetFatigueBase(pid))
  put(tes3mp.GetDrawState(pid), tes3mp.GetSneakState(pid))
  for skill = 0, SKILLS_A_PUSH - 1 do
    local id = (turn * SKILLS_A_PUSH + skill) % SKILLS
    put(tes3mp.GetSkillBase(pid, id), tes3mp.GetSkillDamage(pid, id), tes3mp.GetSkillProgress(pid, id))
  end
end

local function read_actors(cell)
  tes3mp.ReadCellActorList(cell)
  for index = 0, math.min(tes3mp.GetActorListSize(), ACTORS) - 1 do
    put(tes3mp.GetActorRefNum(index), tes3mp.GetActorMpNum(index), tes3mp.GetActorPosX(index))
    put(tes3mp.GetActorPosY(index), tes3mp.GetActorPosZ(index))
    put(tes3mp.GetActorHealthCurrent(index), tes3mp.GetActorHealthBase(index))
  end
end

--- One player's push: the timer comes as often as pushes are due.
function _G.BareReading()
  local pid = turn % (tes3mp.GetLastPlayerId() + 1)
  turn, count = turn + 1, 0
  read_player(pid)
  read_actors(tes3mp.GetCell(pid))
  M.text = table.concat(pieces, ",", 1, count)
  tes3mp.RestartTimer(M.timer, INTERVAL_MS)
end

M.timer = tes3mp.CreateTimer("BareReading", INTERVAL_MS)
tes3mp.StartTimer(M.timer)
return M
