--- What only the player's own client can do, not a server: key presses and clicks. `timmy_actors/protocol/command.py`
-- says the same; docs/protocol/golden/client_input.json checks both.
--
-- A server whose clients are simulated lets the bridge do these too: it attaches them here. No other server does.
local M = {}

local clients

local KEYS = "keys pressed in the player's game window, which the desktop portal can do"
local AIM = "the mouse turned and clicked in the player's game window, which the desktop portal can do"
local BODY = "; or a body of the server's own, driven by an AI package"
local BOX = "the dialogue window of the player's own client, worked with the mouse through the desktop portal"

--- The verbs, each with what it requires instead.
local TAKES = {
  walk = KEYS .. BODY,
  run = KEYS .. BODY,
  stop_moving = KEYS .. BODY,
  swim = KEYS .. BODY,
  jump = KEYS,
  sneak = KEYS,
  turn = AIM,
  look = AIM,
  attack = AIM .. BODY,
  block = AIM,
  cast = AIM,
  ready_weapon = KEYS,
  ready_magic = KEYS,
  activate = AIM .. BODY,
  open = AIM,
  take = AIM,
  drop = AIM,
  use_item = AIM,
  read = AIM,
  steal = AIM,
  pick_lock = AIM,
  rest = KEYS,
  wait = KEYS,
  talk = AIM,
  choose_topic = BOX,
  persuade = BOX,
  barter = BOX,
  travel = BOX,
  train = BOX,
  repair = BOX,
  enchant = BOX,
}

--- Attaches simulated clients, or detaches them (nil). `attached:act(pid, verb, values)` does what the player does and
-- returns the command's value, nil and an error, or a deferred answer; `attached:objection(pid, verb)` returns why the
-- verb is not possible now, or nil.
function M.attach(attached) clients = attached end

--- The refusals by verb.
local refusals = setmetatable({}, { __index = function(known, verb)
  known[verb] = { code = "needs_client_input", message = M.guidance(verb), field = "name" }
  return known[verb]
end })

--- The error of a verb that needs the player's own client; do not change it.
function M.refusal_of(verb) return refusals[verb] end

--- The same where no clients are attached; else nil.
function M.error_of(verb) return not clients and M.refusal_of(verb) or nil end

--- Why a verb is not possible for a player now, or nil.
function M.objection(pid, verb) return clients:objection(pid, verb) end

--- Does what the player does: its value, nil and an error, or a deferred answer.
function M.act(pid, verb, values) return clients:act(pid, verb, values) end

--- The answer to such a verb; nil for any other name.
function M.guidance(verb)
  local takes = TAKES[verb]
  return takes and ("a server can't %s for a player; it takes %s"):format((verb:gsub("_", " ")), takes) or nil
end

return M
