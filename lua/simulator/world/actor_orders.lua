--- A client's handling of packets about actors: it applies those about actors that it simulates.
local M = {}

local MINUTES_PER_DEGREE = 60 -- console commands count an actor's heading so

local handlers = {}

--- A handler that calls act(self, actor, entry) for each actor of a packet that this client simulates.
local function each(act)
  return function(self, packet)
    for _, entry in ipairs(packet.entries) do
      local actor = self.world.actors:find(entry.refNum, entry.mpNum)
      if actor and self.world.actors:is_simulated_by(actor, self) then
        act(self, actor, entry)
      end
    end
  end
end

handlers.ActorAI = each(function(self, actor, entry)
  self.world.actors:order(actor, entry.ai)
end)

handlers.ActorEquipment = each(function(self, actor, entry)
  actor.equipment = entry.equipment or {}
  self.world.actors:report_equipment(self, actor)
end)

function handlers.ActorSpeech(self, packet)
  for _, entry in ipairs(self.loaded[packet.cell] and packet.entries or {}) do
    self:remember("speech", { unique_index = entry.refNum .. "-" .. entry.mpNum, sound = entry.sound })
  end
end

M.handlers = handlers

local commands = {}

local function gauge(name)
  return function(self, actor, value)
    actor[name], actor[name .. "_base"] = value, value
    if name == "health" and value <= 0 then
      self.world.actors:die(actor)
    end
    self.world.actors:report(actor)
  end
end

for _, name in ipairs { "health", "magicka", "fatigue" } do
  commands["set" .. name] = gauge(name)
end

function commands.playgroup(_, actor, _, words)
  actor.plays = words[2]
end

--- x, y, z, the heading in minutes of a degree, and inside the cell's name.
local function position(self, actor, _, words)
  local x, y, z = tonumber(words[2]), tonumber(words[3]), tonumber(words[4])
  local yaw = math.rad(tonumber(words[5]) / MINUTES_PER_DEGREE)
  self.world.actors:put(self, actor, { x = x, y = y, z = z, yaw = yaw, cell = words[6] })
end

commands.position, commands.positioncell = position, position

--- A console command that the client runs on objects: those it does not know, and other commands, do nothing here.
function M.run_console(self, packet, words)
  local name = (words[1] or ""):lower()
  for _, entry in ipairs(packet.entries) do
    local actor = self.world.actors:find(entry.refNum, entry.mpNum)
    if actor and self.world.actors:is_simulated_by(actor, self) then
      local stat = name:match("^set(%a+)$")
      if commands[name] then
        commands[name](self, actor, tonumber(words[2]), words)
      elseif stat then
        actor.stats[stat] = tonumber(words[2])
      end
    end
  end
end

return M
