--- The state that the C++ server keeps, without the game: its copies of players, the cells clients have loaded, the
--- lists that Lua reads and writes, and how the process ends.
local random = require("simulator.random")

local M = {}

local ATTRIBUTES, SKILLS, EQUIPMENT_SLOTS = 8, 27, 19
local MAX_PLAYERS = 20
local FIRST_HOST = 2

M.EXTERIOR = "^(%-?%d+), (%-?%d+)$"
M.DEAD = "the server process is dead: "

local function stat_blocks(count)
  local blocks = {}
  for id = 0, count - 1 do
    blocks[id] = { base = 0, damage = 0, modifier = 0, progress = 0, increase = 0 }
  end
  return blocks
end

local function empty_slots()
  local slots = {}
  for slot = 0, EQUIPMENT_SLOTS - 1 do
    slots[slot] = { refId = "", count = 0, charge = 0, enchantmentCharge = 0 }
  end
  return slots
end

--- The server's copy of a player, as it is before the client has reported anything.
function M.player(pid, name)
  return {
    pid = pid, name = name, race = "", head = "", hair = "", is_male = 1, model = "", birthsign = "",
    class = { id = "", name = "", description = "", specialization = 0, major_attributes = {},
      major_skills = {}, minor_skills = {} },
    level = 1, level_progress = 0, bounty = 0, reputation = 0, scale = 1,
    creature = "", shows_creature_name = false, is_werewolf = false, selected_spell = "", settings = {},
    game_settings = {}, vr_settings = {}, allies = {}, mark = { cell = "", x = 0, y = 0, z = 0, pitch = 0, yaw = 0 },
    momentum = { x = 0, y = 0, z = 0 },
    dynamic = { health = { base = 1, current = 1 }, magicka = { base = 1, current = 1 },
      fatigue = { base = 1, current = 1 } },
    attributes = stat_blocks(ATTRIBUTES), skills = stat_blocks(SKILLS),
    cell = "", region = "", changes_region = false,
    position = { x = 0, y = 0, z = 0 }, rotation = { x = 0, z = 0 }, previous = { x = 0, y = 0, z = 0 },
    equipment = empty_slots(), equipment_changes = {},
    inventory_changes = { action = 0 }, journal_changes = {}, spellbook_changes = { action = 0 },
    active_changes = { action = 0 }, faction_changes = { action = 0 }, topic_changes = {}, book_changes = {},
    quick_key_changes = {}, cooldown_changes = {}, cell_state_changes = {},
  }
end

--- An uninitialised count: its value has no meaning.
M.GARBAGE = 21845

local function empty_list()
  return { entries = {}, action = 0, sub_action = 0, origin = 0, command = "", cell = "", script = "" }
end

--- A received list before the first packet: no entries, but a wrong count.
local function unreceived_list()
  local list = empty_list()
  list.claimed = M.GARBAGE
  return list
end

--- options: clock (game time in ms), unfrozen_clock (default: clock), unfrozen (a set of timers' functions that run by
--- it), die(reason), report(line), ledger(player, item, count), seed, data_path, port
function M.new(options)
  local server = {
    clock = options.clock, unfrozen_clock = options.unfrozen_clock or options.clock,
    unfrozen = options.unfrozen or {},
    started = options.clock(), die = options.die, report = options.report,
    ledger = options.ledger or function() end,
    data_path = options.data_path or "./data", port = options.port or 25565,
    max_players = MAX_PLAYERS, letters = random.new((options.seed or 1) + 1),
    players = {}, banned = {}, last_pid = -1, cells = {}, mp_num = 0,
    ran = {}, -- the functions that another one needs to have run before it
    selected = {}, -- what a Read* function chose: actors, objects, worldstate
    received = { actors = unreceived_list(), objects = unreceived_list(), worldstate = unreceived_list() },
    writing = { actors = empty_list(), objects = empty_list(), worldstate = {} },
    files = {}, -- paths that are there beside those on the disk
    ignore_script_errors = false, data_files_enforced = false,
    deliver = function() end,
  }
  return setmetatable(server, { __index = M })
end

M.empty_list = empty_list

--- The cell whose list of actors stands for a description. C++ (CellController::getCellByXY) finds an exterior by its
--- grid position alone, and every interior's is 0, 0: so "0, 0" is whichever of them was loaded first.
function M:listed_cell(description)
  local first = self.cells[description]
  if description ~= "0, 0" then
    return first
  end
  for name, cell in pairs(self.cells) do
    if not name:find(M.EXTERIOR) and (not first or cell.load < first.load) then
      first = cell
    end
  end
  return first
end

--- The clock of a timer: game time, unless it runs on in a frozen world.
function M:clock_of(timer)
  return self.unfrozen[timer.callback] and self.unfrozen_clock or self.clock
end

--- Each client has an address of its own: CoreScripts report clients that share one, and refuse the fourth.
function M.address(pid)
  return "127.0.0." .. pid + FIRST_HOST
end

--- Ends the process as the real one would end. Where `die` returns (a test's), nothing more runs on this server.
function M:kill(reason)
  self.dead = self.dead or reason
  self.die(reason)
  error(M.DEAD .. self.dead, 0)
end

--- A script's own pcall may have caught the error: still nothing runs after it.
function M:check_alive()
  if self.dead then
    error(M.DEAD .. self.dead, 0)
  end
end

--- Sends a packet to a player, or to everybody (`to_others`), or to everybody else (`to_others` and `skip`).
function M:send(pid, packet, to_others, skip)
  if not skip then
    self.deliver(pid, packet)
  end
  if to_others then
    for other = 0, self.last_pid do
      if other ~= pid and self.players[other] then
        self.deliver(other, packet)
      end
    end
  end
end

return M
