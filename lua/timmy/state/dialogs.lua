--- The dialog box and the latest notes on each player's screen, whichever script showed them. Password boxes are
-- neither read nor answered.
--
-- A client shows one box, and sends its answer with the number of the newest. The server cannot close a box: what a
-- client still sends about one that was answered here is dropped, so that nothing is done twice.
local chat_text = require("timmy.state.chat_text")
local clock = require("timmy.server.clock")
local hooks = require("timmy.game.hooks")
local json = require("timmy.wire.json")
local overhear = require("timmy.game.overhear")

local M = {}

local EVENT = "OnGUIAction"
local LONGEST_TEXT, LONGEST_CHOICE, MOST_CHOICES, MOST_NOTES = 4096, 256, 256, 10
--- What a client sends if a list is closed: the largest number of its platform.
M.NOTHING_CHOSEN = "18446744073709551615"

--- By player: the open boxes, the numbers of those that were answered here, the latest notes, the number of the newest
-- box or note, and the section's text.
local open, answered, notes, newest, fragments = {}, {}, {}, {}, {}
--- How many boxes and notes were shown.
local shown = 0
local ours

--- A text as C++ reads it: up to its first NUL.
local function as_text(value)
  return type(value) == "string" and value:match("^[^%z]*") or tostring(value or "")
end

local function choices_of(joined, separator)
  local list = {}
  for part in (joined .. separator):gmatch("([^" .. separator .. "]*)" .. separator) do
    list[#list + 1] = chat_text.visible(part, LONGEST_CHOICE)
  end
  return list
end

--- A button of no text at the end does not exist, an entry of a list does.
local function buttons_of(joined)
  local list = choices_of(joined, ";")
  if joined == "" or joined:sub(-1) == ";" then list[#list] = nil end
  return list
end

--- How each function's last argument is read, and what kind of box it shows.
local KINDS = {
  CustomMessageBox = { kind = "buttons", read = function(box, text) box.choices = buttons_of(text) end },
  ListBox = { kind = "list", read = function(box, text) box.choices = choices_of(text, "\n") end },
  InputDialog = { kind = "text", read = function(box, text) box.note = chat_text.visible(text, LONGEST_TEXT) end },
}

local function on_shown(kind, pid, id, label, extra)
  pid, id = tonumber(pid), tonumber(id)
  if not pid or not id then return end
  shown = shown + 1
  local box = { number = shown, id = id, kind = kind.kind, text = chat_text.visible(as_text(label), LONGEST_TEXT) }
  kind.read(box, as_text(extra))
  open[pid], newest[pid], answered[pid], fragments[pid] = box, id, nil, nil
end

--- A note goes away by itself, and leaves an open box as it is.
local function on_note(pid, id, label)
  pid, id = tonumber(pid), tonumber(id)
  if not pid then return end
  shown = shown + 1
  local list = notes[pid] or {}
  list[#list + 1] = { number = shown, text = chat_text.visible(as_text(label), LONGEST_TEXT),
    now = clock.to_ms(clock.now()) }
  if #list > MOST_NOTES then table.remove(list, 1) end
  notes[pid], newest[pid], fragments[pid] = list, id, nil
end

local function close(pid)
  open[pid], fragments[pid] = nil, nil
end

--- A password box takes the place of whatever was open.
local function on_password(pid)
  pid = tonumber(pid)
  if not pid then return end
  close(pid)
  answered[pid] = nil
end

local function forget(pid)
  close(pid)
  answered[pid], notes[pid], newest[pid] = nil, nil, nil
end

--- Installs the wrappers, as early as possible. A second call does nothing.
function M.attach()
  for name, kind in pairs(KINDS) do
    overhear.calls(name, { after = function(...) on_shown(kind, ...) end })
  end
  overhear.calls("PasswordDialog", { after = on_password })
  overhear.calls("MessageBox", { after = on_note })
end

--- Whether a client answers a box that was answered here already.
local function is_repeated(pid, id)
  if answered[pid] == nil or answered[pid] ~= id then return false end
  answered[pid] = nil
  return true
end

--- Starts noticing answers of clients.
function M.install()
  M.attach()
  open, answered, notes, newest, fragments = {}, {}, {}, {}, {}
  hooks.hear("OnPlayerDisconnect", function(_, pid) forget(pid) end)
  local handle = _G[EVENT]
  if type(handle) ~= "function" or handle == ours then return end
  ours = function(pid, id, ...)
    if is_repeated(pid, id) then return end
    if open[pid] and (id == open[pid].id or id == newest[pid]) then close(pid) end
    return handle(pid, id, ...)
  end
  rawset(_G, EVENT, ours)
end

--- The box on a player's screen, or nil: { number, id, kind, text, choices or note }. Do not change it.
function M.of(pid) return open[pid] end

local function perceived(box)
  if not box then return json.null end
  local choices = { unpack(box.choices or {}, 1, MOST_CHOICES) }
  return { number = box.number, kind = box.kind, text = box.text, note = box.note, choices = json.array(choices),
    truncated = #choices < #(box.choices or choices) }
end

--- What an agent perceives of a player's screen: the section, as JSON.
function M.section(pid)
  fragments[pid] = fragments[pid] or json.fragment(assert(json.encode({
    open = perceived(open[pid]), notes = json.array(notes[pid] or {}) })))
  return fragments[pid]
end

--- Runs `act`, and returns its results and what it showed the player: { dialog = the new box or null, notes = texts }.
function M.shown_by(act, pid, ...)
  local before = shown
  local value, err, names = act(pid, ...)
  local texts, box = {}, open[pid]
  for _, note in ipairs(notes[pid] or {}) do
    if note.number > before then texts[#texts + 1] = note.text end
  end
  local result = { dialog = perceived(box and box.number > before and box or nil), notes = json.array(texts) }
  return value, err, names, result
end

--- Answers a player's box as its client would: true, or nil and why a script failed.
function M.answer(pid, data)
  local box = open[pid]
  local ok, err = xpcall(_G[EVENT], debug.traceback, pid, box.id, data)
  if not open[pid] then answered[pid] = box.id end
  return ok or nil, err
end

return M
