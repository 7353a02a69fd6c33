--- A player's spells and active effects.
local attributes = require("timmy.state.attributes")
local corescripts = require("timmy.game.corescripts")
local errors = require("timmy.commands.errors")
local guard = require("timmy.game.guard")
local items = require("timmy.state.items")
local saved = require("timmy.game.saved")

local M = {}

local function send_book(pid, action, spells)
  guard.ClearSpellbookChanges(pid)
  guard.SetSpellbookChangesAction(pid, _G.enumerations.spellbook[action])
  for _, id in ipairs(spells) do guard.AddSpell(pid, id) end
  guard.SendSpellbookChanges(pid, false, false)
end

--- A player, its spellbook, and a spell's position in it; nil and an error if the spellbook can't be used.
local function look_up(pid, id)
  local owner = corescripts.player(pid)
  local book, damaged = saved.table_of(owner, "spellbook")
  if not book then return nil, damaged end
  return owner, book, saved.find(book, id)
end

local function unknown(id)
  return errors.refuse("no_such_target", "the player does not have the spell " .. id, "spell")
end

function M.add_spell(pid, values)
  if items.is_generated(values.spell) then
    return errors.refuse("no_such_target", values.spell .. " is a record made by this server; only spells of the data "
      .. "files can be taught", "spell")
  end
  local owner, book, position = look_up(pid, values.spell)
  if not owner then return nil, book end
  send_book(pid, "ADD", { values.spell })
  if not position then table.insert(book, values.spell) end
  owner:QuicksaveToDrive()
  return { spell = values.spell }
end

function M.remove_spell(pid, values)
  local owner, book, position = look_up(pid, values.spell)
  if not owner then return nil, book end
  if not position then return unknown(values.spell) end
  local id = book[position]
  send_book(pid, "REMOVE", { id })
  book[position] = nil
  _G.tableHelper.cleanNils(book)
  owner:QuicksaveToDrive()
  return { spell = id }
end

function M.clear_spells(pid)
  local owner = corescripts.player(pid)
  send_book(pid, "SET", {})
  owner.data.spellbook = {}
  owner:QuicksaveToDrive()
  return { cleared = true }
end

function M.select_spell(pid, values)
  local owner, book, position = look_up(pid, values.spell)
  if not owner then return nil, book end
  if not position then return unknown(values.spell) end
  local kept, damaged = saved.table_of(owner, "miscellaneous")
  if not kept then return nil, damaged end
  guard.SetSelectedSpellId(pid, book[position])
  guard.SendSelectedSpell(pid)
  kept.selectedSpell = book[position]
  owner:QuicksaveToDrive()
  return { spell = book[position] }
end

local OF_ATTRIBUTES = { [17] = true, [22] = true, [74] = true, [79] = true, [85] = true }
local OF_SKILLS = { [21] = true, [26] = true, [78] = true, [83] = true, [89] = true }
local NO_ARGUMENT = -1

local function number_of(names, requested)
  local spelling = requested and attributes.spelling(names, requested)
  for _, entry in ipairs(names) do
    if entry.name == spelling then return entry.id end
  end
end

local ARGUMENTS = {
  { field = "attribute", effects = OF_ATTRIBUTES, names = attributes.attributes },
  { field = "skill", effects = OF_SKILLS, names = attributes.skills },
}

--- The number of an effect's attribute or skill; nil and an error if the argument doesn't fit the effect.
local function argument_of(values)
  local number = NO_ARGUMENT
  for _, argument in ipairs(ARGUMENTS) do
    local field, is_wanted = argument.field, argument.effects[values.effect]
    if values[field] and not is_wanted then
      return errors.refuse("bad_arguments", field .. ": this effect takes none", field)
    end
    if is_wanted then number = number_of(argument.names(), values[field]) end
    if not number then return errors.refuse("bad_arguments", field .. ": this effect needs one, by its name", field) end
  end
  return number
end

local function send_active(pid, action, id, name, effects)
  guard.ClearSpellsActiveChanges(pid)
  guard.SetSpellsActiveChangesAction(pid, _G.enumerations.spellbook[action])
  for _, effect in ipairs(effects) do
    guard.AddSpellActiveEffect(pid, effect.id, effect.magnitude, effect.duration, effect.timeLeft, effect.arg)
  end
  guard.AddSpellActive(pid, id, name, false)
  guard.SendSpellsActiveChanges(pid, true, false)
end

function M.add_effect(pid, values)
  local argument, wrong = argument_of(values)
  if not argument then return nil, wrong end
  local owner = corescripts.player(pid)
  local active, damaged = saved.table_of(owner, "spellsActive")
  if not active then return nil, damaged end
  local effects = { { id = values.effect, magnitude = values.magnitude, duration = values.duration_s,
    timeLeft = values.duration_s, arg = argument } }
  local label = values.label or values.spell
  send_active(pid, "ADD", values.spell, label, effects)
  active[values.spell] = { { displayName = label, stackingState = false, effects = effects, startTime = os.time() } }
  owner:QuicksaveToDrive()
  return { spell = values.spell, effect = values.effect }
end

function M.remove_effect(pid, values)
  local owner = corescripts.player(pid)
  local active, damaged = saved.table_of(owner, "spellsActive")
  if not active then return nil, damaged end
  if active[values.spell] == nil then
    return errors.refuse("no_such_target", "the spell " .. values.spell .. " is not active on the player", "spell")
  end
  send_active(pid, "REMOVE", values.spell, "", {})
  active[values.spell] = nil
  owner:QuicksaveToDrive()
  return { spell = values.spell }
end

return M
