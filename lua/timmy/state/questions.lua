--- Questions that a player is asked in a dialog box, one at a time.
--
-- The boxes of all scripts answer through the same hook, password boxes too: so only answers with a number assigned
-- here are read, and all others are ignored.
local deferred = require("timmy.server.deferred")
local errors = require("timmy.commands.errors")
local hooks = require("timmy.game.hooks")

local M = {}

--- The numbers of questions: CoreScripts' own are below 10,000, and a number is a C++ int. Each is used once, so that a
-- late answer to an older box does not count for a newer one.
local FIRST, LAST = 1600000000, 2100000000
--- The number of a box without an answer.
local NO_NUMBER = -1

local open, last_number = {}, FIRST - 1

local function next_number()
  last_number = last_number < LAST and last_number + 1 or FIRST
  return last_number
end

local function question_of(pid)
  local question = open[pid]
  if question and not question.outcome.is_settled then return question end
  open[pid] = nil
end

--- Shows a box with `show(number)`; `read(data)` turns the player's answer into the command's value. Returns a deferred
-- answer, or nil and an error.
function M.ask(pid, show, read)
  if question_of(pid) then
    return errors.refuse("game_refused", "the player is answering another question; wait for that answer", "player")
  end
  local number = next_number()
  show(number)
  open[pid] = { number = number, read = read, outcome = deferred.new() }
  return open[pid].outcome
end

--- The number for a box without an answer. A client answers with the number of the newest box, so such a box must reuse
-- the number of a question that is still open.
function M.number_for_a_note(pid)
  local question = question_of(pid)
  return question and question.number or NO_NUMBER
end

local function hear_answer(_, pid, number, data)
  local question = question_of(pid)
  if not question or question.number ~= number then return end
  open[pid] = nil
  question.outcome:settle(question.read(tostring(data)))
end

local function hear_leaving(_, pid)
  local question = question_of(pid)
  if not question then return end
  open[pid] = nil
  question.outcome:settle(errors.refuse("no_such_player", "the player left before it answered", "player"))
end

--- Starts handling answers.
function M.install()
  open = {}
  hooks.hear("OnGUIAction", hear_answer)
  hooks.hear("OnPlayerDisconnect", hear_leaving)
end

return M
