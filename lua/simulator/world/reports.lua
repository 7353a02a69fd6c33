--- What a client reports to the server of its own accord: each is a packet and the event that the server raises for it.
local ENTRY = 0 -- enumerations.journal
local ADD = 1 -- enumerations.inventory and .spellbook
local GAMEPLAY = 0 -- enumerations.packetOrigin

local M = { ADD = ADD, REMOVE = 2 }

--- A packet about objects of a cell. fields: what the list has besides its entries (action, sub_action, origin).
function M.objects(client, event, cell, entries, fields)
  local received = client.world.server.empty_list()
  received.cell, received.pid, received.entries, received.origin = cell, client.pid, entries, GAMEPLAY
  for name, value in pairs(fields or {}) do
    received[name] = value
  end
  client.world.server.received.objects = received
  client:fire(event, cell)
end

--- A stack of items in the form of the packets.
function M.stack(id, count)
  return { refId = id, count = count, charge = -1, enchantmentCharge = -1, soul = "" }
end

--- The player's inventory changed: `action` is ADD or REMOVE.
function M.inventory(client, action, id, count)
  local copy = client:copy()
  copy.inventory_changes = { action = action, M.stack(id, count) }
  client:change_inventory(action, copy.inventory_changes)
  client:fire("OnPlayerInventory")
end

--- A line was added to the journal.
function M.journal(client, quest, stage)
  local copy = client:copy()
  copy.journal_changes = { { type = ENTRY, quest = quest:lower(), index = stage, actorRefId = "player" } }
  client:note_journal(copy.journal_changes)
  client:fire("OnPlayerJournal")
end

--- The player learned topics that it did not know.
function M.topics(client, ids)
  local new = {}
  for _, id in ipairs(ids) do
    if not client.topics[id] then
      client.topics[id] = true
      table.insert(new, id)
    end
  end
  if new[1] then
    client:copy().topic_changes = new
    client:fire("OnPlayerTopic")
  end
end

--- A spell takes effect on the player.
function M.active_spell(client, id, spell, magnitude)
  client:copy().active_changes = { action = ADD, { id = id, displayName = spell.name, stackingState = false,
    effects = { { id = spell.effect, magnitude = magnitude, duration = 1, timeLeft = 1, arg = -1 } } } }
  client:fire("OnPlayerSpellsActive")
end

return M
