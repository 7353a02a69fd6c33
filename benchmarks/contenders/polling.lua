--- The design of the best bridge before this one, rewritten to be measured beside ours: a timer at 30 Hz, messages
-- of a four-byte length and JSON, one of which is read a turn, whole snapshots of every player at 10 Hz. It reads the game
-- with our readers, as fresh as they can.
local json = require("timmy.wire.json")
local perceive = require("timmy.sections.registry")
local players = require("timmy.state.players")
local commands = require("timmy.commands.registry")
local sockets = require("timmy.server.sockets")

local M = {}

local INTERVAL_MS, TURNS_A_SNAPSHOT, RADIUS, HEADER = 33, 3, 4096, 4

local listener = assert(sockets.bind("127.0.0.1", 0))
listener:settimeout(0)
M.port = select(2, listener:getsockname())

local client, turn, inbox, outbox = nil, 0, "", ""

local function frame(value)
  local text = json.encode(value)
  local size = #text
  local b1, b2, b3 = math.floor(size / 16777216), math.floor(size / 65536) % 256, math.floor(size / 256) % 256
  outbox = outbox .. string.char(b1, b2, b3, size % 256) .. text
end

local function read_one()
  local whole, _, part = client:receive(65536)
  inbox = inbox .. (whole or part or "")
  if #inbox < HEADER then return nil end
  local b1, b2, b3, b4 = inbox:byte(1, HEADER)
  local size = ((b1 * 256 + b2) * 256 + b3) * 256 + b4
  if #inbox < HEADER + size then return nil end
  local text = inbox:sub(HEADER + 1, HEADER + size)
  inbox = inbox:sub(HEADER + size + 1)
  return json.decode(text)
end

local function write()
  if outbox == "" then return end
  local last, why, partial = client:send(outbox)
  outbox = outbox:sub((last or partial or 0) + 1)
  if why and why ~= "timeout" then client, inbox, outbox = nil, "", "" end
end

local function snapshot(player)
  local sections = {}
  for _, name in ipairs(perceive.names) do sections[name] = perceive.read(name, player.pid, { radius = RADIUS }) end
  frame({ type = "snapshot", player = player.name, sections = sections })
end

function _G.ContenderPoll()
  if not client then
    client = listener:accept()
    if client then client:settimeout(0) end
  end
  if client then
    turn = turn + 1
    local message = read_one()
    if message then
      frame({ type = "result", id = message.id, value = commands.run(message.name, message.arguments, {}) })
    end
    if turn % TURNS_A_SNAPSHOT == 0 and M.pushes then
      for _, player in ipairs(players.online()) do snapshot(player) end
    end
    if message and message.name == "subscribe" then M.pushes = true end
    write()
  end
  tes3mp.RestartTimer(M.timer, INTERVAL_MS)
end

M.timer = tes3mp.CreateTimer("ContenderPoll", INTERVAL_MS)
tes3mp.StartTimer(M.timer)
return M
