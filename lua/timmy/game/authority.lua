--- Which client simulates the actors of a cell: never an agent's while a person is there.
--
-- CoreScripts make the first client that loads a cell its authority: it moves the cell's actors, and lists them and the
-- containers when it is asked. An agent's client has no game and does neither, so the actors stand still for everybody.
-- Here the authority of a cell, and a request that an agent's client leaves open, pass to the first person in it.
local corescripts = require("timmy.game.corescripts")
local hooks = require("timmy.game.hooks")
local log = require("timmy.server.log")

local M = {}

--- The names of agents in lower case, and the beginnings of such names.
local names, beginnings = {}, {}

--- What is wrong with a list of agents; nil if nothing is.
function M.fault(list)
  local wanted = 'a list of players\' names, each a non-empty text; "Bot *" means all names that begin with "Bot "'
  if type(list) ~= "table" then return wanted end
  for key, name in pairs(list) do
    if type(key) ~= "number" or type(name) ~= "string" or name == "" then return wanted end
  end
end

local function is_agent(pid)
  local player = pid and corescripts.player(pid)
  if not player or type(player.accountName) ~= "string" then return false end
  local name = player.accountName:lower()
  if names[name] then return true end
  for _, beginning in ipairs(beginnings) do
    if name:sub(1, #beginning) == beginning then return true end
  end
  return false
end

--- The person that has been in a cell the longest.
local function person_in(cell)
  for _, pid in ipairs(corescripts.table_or_none(cell.visitors)) do
    if corescripts.player(pid) and not is_agent(pid) then return pid end
  end
end

--- The requests that CoreScripts send when a cell is loaded: its flag, who was asked, and how to ask.
local REQUESTS = {
  { "isRequestingActorList", "actorListRequestPid", "RequestActorList" },
  { "isRequestingContainerData", "containerRequestPid", "RequestContainers" },
}

local function hand_over(description)
  local cell = corescripts.loaded_cell(description)
  local person = cell and not cell.isResetting and person_in(cell)
  if not person then return end
  if is_agent(cell.authority) then
    log("info", ("the authority of %s passes from an agent to player %d"):format(description, person))
    cell:SetAuthority(person)
  end
  for _, request in ipairs(REQUESTS) do
    local flag, asked, ask = unpack(request)
    if cell[flag] and is_agent(cell[asked]) then cell[ask](cell, person) end
  end
end

local function on_cell(_, _, description) hand_over(description) end

local function on_disconnect()
  for description in pairs(corescripts.global("LoadedCells")) do hand_over(description) end
end

--- Starts to hand over. `agents`: the names of the players that are agents' clients.
function M.install(agents)
  names, beginnings = {}, {}
  for _, name in ipairs(agents) do
    local beginning = name:lower():match("^(.*)%*$")
    if beginning then beginnings[#beginnings + 1] = beginning else names[name:lower()] = true end
  end
  if #agents == 0 then return end
  hooks.hear("OnCellLoad", on_cell)
  hooks.hear("OnCellUnload", on_cell)
  hooks.hear("OnPlayerDisconnect", on_disconnect)
end

return M
