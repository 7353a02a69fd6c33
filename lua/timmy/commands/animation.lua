--- Animations and voice of a player, and sounds played to it.
local checks = require("timmy.wire.checks")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")

local player = { name = "player", check = checks.name }

local play_animation = { name = "play_animation" }

--- The animation groups that the skeletons of all races have.
play_animation.fields = {
  player,
  { name = "animation", check = checks.one_of("idle2", "idle3", "idle4", "idle5", "idle6", "idle7", "idle8", "idle9",
    "hit1", "hit2", "hit3", "hit4", "hit5", "pickprobe") },
  { name = "count", check = checks.integer(1, 100), default = 1 },
}

--- The mode that starts an animation after the current one.
local MODE = 0

function play_animation.run(pid, values)
  guard.PlayAnimation(pid, values.animation, MODE, values.count, false)
  return { animation = values.animation, count = values.count }
end

local play_speech = { name = "play_speech", fields = { player, { name = "file", check = checks.name } } }

function play_speech.run(pid, values)
  if values.file:find("..", 1, true) then
    local message = "file: must lie below the game's Sound folder (Vo\\d\\m\\Hlo_DM001.mp3)"
    return errors.refuse("bad_arguments", message, "file")
  end
  guard.PlaySpeech(pid, values.file)
  return { file = values.file }
end

local play_sound = { name = "play_sound", fields = { player, { name = "sound", check = checks.name } } }

--- No packet plays a sound to a player, so its client does it with a console command.
function play_sound.run(pid, values)
  if not corescripts.is_plain_id(values.sound) then
    return errors.refuse("no_such_target", "no sound has this id", "sound")
  end
  if not corescripts.takes_console_commands(corescripts.player(pid)) then
    return errors.refuse("game_refused", "the player has not arrived in a cell yet; try again", "player")
  end
  _G.logicHandler.RunConsoleCommandOnPlayer(pid, ('playsound "%s"'):format(values.sound), false)
  return { sound = values.sound }
end

return { play_animation, play_speech, play_sound }
