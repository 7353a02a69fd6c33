--- Animations and voice of a player, and sounds played to it.
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")

local M = {}

--- The animation groups that the skeletons of all races have.

--- The mode that starts an animation after the current one.
local MODE = 0

function M.play_animation(pid, values)
  guard.PlayAnimation(pid, values.animation, MODE, values.count, false)
  return { animation = values.animation, count = values.count }
end

function M.play_speech(pid, values)
  if values.file:find("..", 1, true) then
    local message = "file: must lie below the game's Sound folder (Vo\\d\\m\\Hlo_DM001.mp3)"
    return errors.refuse("bad_arguments", message, "file")
  end
  guard.PlaySpeech(pid, values.file)
  return { file = values.file }
end

--- No packet plays a sound to a player, so its client does it with a console command.
function M.play_sound(pid, values)
  if not corescripts.is_plain_id(values.sound) then
    return errors.refuse("no_such_target", "no sound has this id", "sound")
  end
  if not corescripts.takes_console_commands(corescripts.player(pid)) then
    return errors.refuse("game_refused", "the player has not arrived in a cell yet; try again", "player")
  end
  _G.logicHandler.RunConsoleCommandOnPlayer(pid, ('playsound "%s"'):format(values.sound), false)
  return { sound = values.sound }
end

return M
