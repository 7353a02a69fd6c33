--- What only the player's own client can do, not a server: key presses and clicks. `timmy_actors/protocol/command.py`
-- says the same; docs/protocol/golden/client_input.json checks both.
local M = {}

local KEYS = "keys pressed in the player's game window, which the desktop portal can do"
local AIM = "the mouse turned and clicked in the player's game window, which the desktop portal can do"
local BODY = "; or a body of the server's own, driven by an AI package"
local BOX = "the dialogue window of the player's own client, worked with the mouse through the desktop portal"

--- The verbs, each with what it requires instead.
local TAKES = {
  walk = KEYS .. BODY,
  run = KEYS .. BODY,
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

--- The answer to such a verb; nil for any other name.
function M.guidance(verb)
  local takes = TAKES[verb]
  return takes and ("a server can't %s for a player; it takes %s"):format((verb:gsub("_", " ")), takes) or nil
end

return M
