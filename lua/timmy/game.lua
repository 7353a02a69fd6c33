--- The only door to `tes3mp.*`.
--
-- A wrong argument to a function of the server ends its process, whatever `pcall` says: the C++ side is `noexcept`. So
-- each function here checks every argument before it makes the call, and a wrong one is an ordinary Lua error, naming
-- the function. Lists that the server reads without a bounds check (actors) are only reachable through a walk that
-- selects them.
local cells = require("timmy.cells")
local numbers = require("timmy.numbers")

local M = {}

--- The server's numbers for how loud a log line is.
local LEVELS = { verbose = 0, info = 1, warn = 2, error = 3, fatal = 4 }
--- The longest text given to the server, in bytes: a chat line of 1024 characters, four bytes each, with room to spare.
local LONGEST_TEXT = 8192
--- Player slots are unsigned shorts, the last of which means "nobody".
local LAST_PID = 65534
--- What fits into a C++ int.
local INT = 2147483647
local LAST_ATTRIBUTE, LAST_SKILL = 7, 26

--- Whole numbers within bounds; NaN is within none.
local function whole(low, high)
  return function(value) return type(value) == "number" and value >= low and value <= high and value % 1 == 0 end
end

local kinds = {
  pid = whole(0, LAST_PID),
  int = whole(-INT, INT),
  number = numbers.is_finite,
  boolean = function(value) return type(value) == "boolean" end,
  text = function(value)
    return type(value) == "string" and #value <= LONGEST_TEXT and not value:find("\0", 1, true)
  end,
  cell = cells.is_safe,
  level = whole(LEVELS.verbose, LEVELS.fatal),
  attribute = whole(0, LAST_ATTRIBUTE),
  skill = whole(0, LAST_SKILL),
  milliseconds = whole(0, INT),
  timer = whole(0, INT),
}

--- What each function takes, in order. A function that isn't here isn't called.
local SIGNATURES = {
  AddJournalEntry = { "pid", "text", "int", "text" },
  AddJournalEntryWithTimestamp = { "pid", "text", "int", "text", "int", "int", "int" },
  AddJournalIndex = { "pid", "text", "int" },
  ClearJournalChanges = { "pid" },
  CreateTimer = { "text", "milliseconds" },
  DoesPlayerHavePlayerKiller = { "pid" },
  GetAttributeBase = { "pid", "attribute" },
  GetAttributeCount = {},
  GetAttributeDamage = { "pid", "attribute" },
  GetAttributeName = { "attribute" },
  GetBirthsign = { "pid" },
  GetCell = { "pid" },
  GetClassName = { "pid" },
  GetDataPath = {},
  GetDefaultClass = { "pid" },
  GetFatigueBase = { "pid" },
  GetFatigueCurrent = { "pid" },
  GetHealthBase = { "pid" },
  GetHealthCurrent = { "pid" },
  GetIsMale = { "pid" },
  GetLevel = { "pid" },
  GetMagickaBase = { "pid" },
  GetMagickaCurrent = { "pid" },
  GetMillisecondsSinceServerStart = {},
  GetPlayerKillerName = { "pid" },
  GetPlayerKillerPid = { "pid" },
  GetPosX = { "pid" },
  GetPosY = { "pid" },
  GetPosZ = { "pid" },
  GetRace = { "pid" },
  GetRegion = { "pid" },
  GetRotX = { "pid" },
  GetRotZ = { "pid" },
  GetServerVersion = {},
  GetSkillBase = { "pid", "skill" },
  GetSkillCount = {},
  GetSkillDamage = { "pid", "skill" },
  GetSkillName = { "skill" },
  GetSkillProgress = { "pid", "skill" },
  IsInExterior = { "pid" },
  IsWerewolf = { "pid" },
  LogMessage = { "level", "text" },
  RestartTimer = { "timer", "milliseconds" },
  SendCell = { "pid" },
  SendJournalChanges = { "pid", "boolean", "boolean" },
  SendMessage = { "pid", "text", "boolean", "boolean" },
  SendPos = { "pid" },
  SendStatsDynamic = { "pid" },
  SetCell = { "pid", "cell" },
  SetFatigueBase = { "pid", "number" },
  SetFatigueCurrent = { "pid", "number" },
  SetHealthBase = { "pid", "number" },
  SetHealthCurrent = { "pid", "number" },
  SetMagickaBase = { "pid", "number" },
  SetMagickaCurrent = { "pid", "number" },
  SetPos = { "pid", "number", "number", "number" },
  SetRot = { "pid", "number", "number" },
  StartTimer = { "timer" },
}

local function refuse(name, position, kind, value)
  error(string.format("tes3mp.%s: argument %d must be a safe %s, not %s", name, position, kind, tostring(value)), 3)
end

local function checked(name, signature)
  local count = #signature
  return function(...)
    if select("#", ...) ~= count then error(string.format("tes3mp.%s takes %d arguments", name, count), 2) end
    for position = 1, count do
      local value = select(position, ...)
      if not kinds[signature[position]](value) then refuse(name, position, signature[position], value) end
    end
    return tes3mp[name](...)
  end
end

for name, signature in pairs(SIGNATURES) do M[name] = checked(name, signature) end

--- One entry of the actor list that is selected, when it is wanted; `index` is inside the list.
local function actor_at(index, is_wanted)
  local x, y, z = tes3mp.GetActorPosX(index), tes3mp.GetActorPosY(index), tes3mp.GetActorPosZ(index)
  if not is_wanted(x, y, z) then return nil end
  local has_health = tes3mp.DoesActorHaveStatsDynamic(index)
  return {
    unique_index = tes3mp.GetActorRefNum(index) .. "-" .. tes3mp.GetActorMpNum(index),
    x = x, y = y, z = z,
    health = has_health and tes3mp.GetActorHealthCurrent(index) or nil,
    health_base = has_health and tes3mp.GetActorHealthBase(index) or nil,
  }
end

--- Where the actors of a loaded cell are now, as far as the server was told: { unique_index, x, y, z, health?,
-- health_base? } of those whose position `is_wanted(x, y, z)`.
function M.actors_in(cell, is_wanted)
  if not cells.is_safe(cell) then error("tes3mp.ReadCellActorList: not a safe cell: " .. tostring(cell), 2) end
  local found = {}
  tes3mp.ReadCellActorList(cell)
  for index = 0, tes3mp.GetActorListSize() - 1 do
    if tes3mp.DoesActorHavePosition(index) then found[#found + 1] = actor_at(index, is_wanted) end
  end
  return found
end

--- Writes a line to the server's log; never raises. `level` is verbose, info, warn, error or fatal.
function M.log(level, text)
  local line = tostring(text):gsub("%z", ""):sub(1, LONGEST_TEXT)
  pcall(M.LogMessage, LEVELS[level] or LEVELS.info, line)
end

return M
