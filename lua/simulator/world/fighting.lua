--- Blows and spells of a player, and those of hostile creatures against it. All numbers are invented.
local ai = require("simulator.world.ai")
local catalogue = require("simulator.scene.catalogue")
local people = require("simulator.scene.people")
local reports = require("simulator.world.reports")
local sight = require("simulator.world.sight")

local M = {}

local REACH, SPELL_REACH = 150, 2000 -- game units
local HALF_CONE = math.rad(30)
local HAND = 16 -- the slot of what is carried in the right hand; the next is the left
local CREATURE_REACH, CREATURE_BLOW_MS, CREATURE_HITS = 170, 1500, 0.5
local NOTICES, GIVES_UP = 700, 2000 -- distances at which a hostile creature begins and ends a fight
local BLOCK = 0 -- number of the skill
local MS_PER_S = 1000

local function refuse(message, field)
  return nil, { code = "game_refused", message = message, field = field }
end

local function target_of(client, values, reach)
  local seen = sight.in_front(client, reach, HALF_CONE)
  if values.unique_index and not (seen and seen.index == values.unique_index) then
    return refuse(values.unique_index .. " is not within reach in front of the player: turn to it, or go nearer",
      "unique_index")
  end
  return seen
end

--- Begins a blow; it lands when its time has passed.
function M.attack(client, values)
  if client.swing then
    return refuse("the last blow has not ended")
  end
  local seen, wrong = target_of(client, values, REACH)
  if wrong then
    return nil, wrong
  end
  local weapon = catalogue.weapon(client:copy().equipment[HAND].refId)
  client.swing = { index = seen and seen.index, lands_ms = client.world.now + weapon.blow_s * MS_PER_S }
  return client.world.input:defer(client, "swing")
end

--- An actor is hurt by a player: it dies or fights back.
local function hurt(client, actor, damage)
  local actors = client.world.actors
  actor.health = math.max(0, actor.health - damage)
  if actor.health <= 0 then
    actors:die(actor, client.pid)
  else
    actor.ai = { action = ai.COMBAT, target_pid = client.pid }
    actors:report(actor)
  end
end

local function land(client)
  local swing, world = client.swing, client.world
  client.swing = nil
  local seen = swing.index and sight.in_front(client, REACH, HALF_CONE)
  if not seen or seen.index ~= swing.index then
    return world.input:settle(client, "swing", { hit = false, damage = 0 })
  end
  local weapon = catalogue.weapon(client:copy().equipment[HAND].refId)
  local chance = 0.4 + client:copy().skills[weapon.skill].base / 100
  local is_hit = world.random:next() < chance
  local damage = is_hit and world.random:integer(weapon.damage[1], weapon.damage[2]) or 0
  reports.objects(client, "OnObjectHit", seen.cell, { { refNum = seen.refNum, mpNum = seen.mpNum, refId = seen.refId,
    hittingPid = client.pid, success = is_hit, damage = damage, block = false, knockdown = false } })
  if is_hit then
    hurt(client, seen.actor, damage)
  end
  world.input:settle(client, "swing", { hit = is_hit, damage = damage, unique_index = seen.index,
    killed = seen.actor.health <= 0 })
end

--- The spell that is cast: named, or selected.
local function spell_of(client, values)
  local id = (values.spell or client.selected_spell or ""):lower()
  local is_known = false
  for _, spell in ipairs(client.spells) do
    is_known = is_known or spell:lower() == id
  end
  if not is_known then
    local message = id == "" and "no spell is selected: name one" or "the player does not know the spell " .. id
    return nil, { code = "no_such_target", message = message, field = "spell" }
  end
  if not catalogue.SPELLS[id] then
    return refuse("the simulated client can't cast " .. id, "spell")
  end
  return catalogue.SPELLS[id], id
end

local function restore(client, spell, id)
  local health = client:copy().dynamic.health
  local magnitude = client.world.random:integer(spell.restores[1], spell.restores[2])
  health.current = math.min(health.base, health.current + magnitude)
  reports.active_spell(client, id, spell, magnitude)
  return { spell = id, health = health.current }
end

local function strike(client, spell, id, seen)
  if not seen then
    return { spell = id, hit = false, damage = 0 }
  end
  local damage = client.world.random:integer(spell.damages[1], spell.damages[2])
  hurt(client, seen.actor, damage)
  return { spell = id, hit = true, damage = damage, unique_index = seen.index, killed = seen.actor.health <= 0 }
end

function M.cast(client, values)
  local spell, id = spell_of(client, values)
  if not spell then
    return nil, id
  end
  local magicka = client:copy().dynamic.magicka
  if magicka.current < spell.cost then
    return refuse(("it costs %d magicka; the player has %.0f"):format(spell.cost, magicka.current), "spell")
  end
  local seen, wrong
  if spell.damages then
    seen, wrong = target_of(client, values, SPELL_REACH)
    if wrong then
      return nil, wrong
    end
  end
  magicka.current = magicka.current - spell.cost
  return spell.restores and restore(client, spell, id) or strike(client, spell, id, seen)
end

--- Keeps the shield up for some seconds.
function M.block(client, values)
  local held = client:copy().equipment[HAND + 1].refId
  if not catalogue.item(held).shield then
    return refuse("the player carries no shield in its left hand")
  end
  client.shield = { until_ms = client.world.now + values.seconds * MS_PER_S, blocked = 0 }
  return client.world.input:defer(client, "shield")
end

local function lower_shield(client)
  local shield = client.shield
  client.shield = nil
  client.world.input:settle(client, "shield", { blocked = shield.blocked })
end

--- A dead player's blow does not land.
local function fall(client)
  if client.swing then
    client.swing = nil
    client.world.input:settle(client, "swing", refuse("the player died"))
  end
  if client.shield then
    lower_shield(client)
  end
end

--- One step of the world's time for a player's own blows.
function M.step(client)
  if client.dead then
    return fall(client)
  end
  if client.swing and client.world.now >= client.swing.lands_ms then
    land(client)
  end
  if client.shield and client.world.now >= client.shield.until_ms then
    lower_shield(client)
  end
end

--- Whether a raised shield stops a blow.
local function blocks(client)
  local is_blocked = client.shield ~= nil
    and client.world.random:next() < 0.3 + client:copy().skills[BLOCK].base / 100
  if is_blocked then
    client.shield.blocked = client.shield.blocked + 1
  end
  return is_blocked
end

--- A creature strikes a player: the client that simulates it reports the blow, the player's own client its health.
local function strike_player(world, actor, client, authority)
  actor.blow_at = world.now + CREATURE_BLOW_MS
  local is_hit = world.random:next() < CREATURE_HITS
  local is_blocked = is_hit and blocks(client)
  local damage = is_hit and not is_blocked and world.random:integer(unpack(actor.definition.damage)) or 0
  reports.objects(authority, "OnObjectHit", actor.cell, { { pid = client.pid, refNum = 0, mpNum = 0, refId = "",
    hittingRefId = actor.refId, hittingRefNum = actor.refNum, hittingMpNum = actor.mpNum, success = is_hit,
    damage = damage, block = is_blocked, knockdown = false } })
  if damage > 0 then
    local health = client:copy().dynamic.health.current - damage
    client:set_health(math.max(0, health), { name = people.of(actor.refId).name or actor.refId, refId = actor.refId })
  end
end

local function distance(actor, client)
  return math.sqrt((actor.x - client.x) ^ 2 + (actor.y - client.y) ^ 2)
end

--- The player whom an actor fights, if the fight goes on.
local function opponent(world, actor)
  if not (actor.ai and actor.ai.action == ai.COMBAT and actor.ai.target_pid) then
    return nil
  end
  local client = world.clients[actor.ai.target_pid]
  if client and not client.dead and client.loaded[actor.cell] and distance(actor, client) < GIVES_UP then
    return client
  end
  actor.ai = nil
end

--- A hostile actor notices the nearest player.
local function notice(world, actor)
  local best, least = nil, NOTICES
  for pid = 0, world.server.last_pid do
    local client = world.clients[pid]
    if client and not client.dead and client.loaded[actor.cell] and distance(actor, client) < least then
      best, least = client, distance(actor, client)
    end
  end
  if best then
    actor.ai = { action = ai.COMBAT, target_pid = best.pid }
  end
end

local function fight(world, actor, authority)
  local client = opponent(world, actor)
  if not client and actor.definition.hostile and not actor.ai then
    notice(world, actor)
  end
  if client and actor.definition.damage and world.now >= (actor.blow_at or 0)
    and distance(actor, client) <= CREATURE_REACH then
    strike_player(world, actor, client, authority)
  end
end

--- One step of the world's time for the actors of cells that a client simulates.
function M.step_actors(world)
  for _, actor in ipairs(world.actors.all) do
    local cell = actor.health > 0 and world.server.cells[actor.cell]
    local authority = cell and world.clients[cell.authority]
    if authority and (actor.definition.hostile or actor.ai) then
      fight(world, actor, authority)
    end
  end
end

return M
