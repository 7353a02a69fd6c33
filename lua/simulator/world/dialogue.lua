--- The dialogue window of a client: topics, their effects on the journal and the inventory, and barter. A choice takes
--- effect once the server has sent it back.
local catalogue = require("simulator.scene.catalogue")
local json = require("timmy.wire.json")
local movement = require("simulator.world.movement")
local objects = require("simulator.world.objects")
local people = require("simulator.scene.people")
local reports = require("simulator.world.reports")

local M = {}

local TOPIC, BARTER = 0, 3 -- enumerations.dialogueChoice
local DIALOGUE = 2 -- enumerations.packetOrigin.CLIENT_DIALOGUE
local ADD, REMOVE, NO_SUB_ACTION = 1, 2, 0 -- enumerations.container, .containerSub
local GOLD = "gold_001"
local ANSWER_MS = 1000 -- until a choice counts as denied by the server's scripts

--- What a merchant asks for an item and pays for it, as parts of its value. Mercantile and disposition do not count.
local ASKED, PAID = 1.2, 0.6

--- Verbs that need an open dialogue window.
M.NEED_WINDOW = { choose_topic = true, barter = true }

local function refuse(message, field)
  return nil, { code = "game_refused", message = message, field = field }
end

local function stage_of(client)
  return client.journal[people.QUEST]
end

--- The topics that the player knows and the person has something to say about, sorted.
local function topics_for(client, person)
  local topics = {}
  for topic in pairs(person.topics) do
    if client.topics[topic] and people.line(person, topic, stage_of(client)) then
      table.insert(topics, topic)
    end
  end
  table.sort(topics)
  return json.array(topics)
end

--- Opens the window with an actor: it greets, which may teach topics.
function M.open(client, seen)
  local person = people.of(seen.refId)
  client.window = { kind = "dialogue", index = seen.index, refId = seen.refId, cell = seen.cell }
  reports.topics(client, person.teaches or {})
  return { kind = "dialogue", name = person.name, says = person.greeting, topics = topics_for(client, person),
    barters = person.goods ~= nil }
end

local function entry_of(window)
  local refNum, mpNum = window.index:match("^(%d+)-(%d+)$")
  return { refNum = tonumber(refNum), mpNum = tonumber(mpNum), refId = window.refId }
end

--- Sends a choice; `wish` is what is done when it comes back.
local function choose(client, kind, topic, wish)
  local window = client.window
  window.wish, window.until_ms = wish, client.world.now + ANSWER_MS
  local entry = entry_of(window)
  entry.dialogueChoiceType, entry.dialogueTopic = kind, topic
  local outcome = client.world.input:defer(client, "dialogue")
  reports.objects(client, "OnObjectDialogueChoice", window.cell, { entry })
  return outcome
end

function M.choose_topic(client, values)
  local person, topic = people.of(client.window.refId), values.topic:lower()
  if not (client.topics[topic] and people.line(person, topic, stage_of(client))) then
    return nil, { code = "no_such_target", field = "topic",
      message = ("%s does not talk about %s; topics: %s"):format(client.window.refId, values.topic,
        table.concat(topics_for(client, person), ", ")) }
  end
  return choose(client, TOPIC, topic, { topic = topic })
end

--- Why a deal is not possible, or nil; and its price.
local function price_of(client, window, values)
  local is_purchase, value = values.deal == "buy", catalogue.item(values.item).value
  local price = math.floor(value * (is_purchase and ASKED or PAID) + 0.5) * values.count
  local holder = is_purchase and objects.contents(client, window.index) or client.inventory
  local purse = is_purchase and (client.inventory[GOLD] or 0) or client.world.containers:gold_of(window.index)
  if (holder[values.item] or 0) < values.count then
    return nil, ("%s has %d of %s"):format(is_purchase and "the merchant" or "the player", holder[values.item] or 0,
      values.item), "item"
  end
  if purse < price then
    return nil, ("it costs %d gold; there is %d"):format(price, purse), "count"
  end
  return price
end

function M.barter(client, values)
  local window = client.window
  if not people.of(window.refId).goods then
    return refuse(window.refId .. " does not barter")
  end
  local price, why, field = price_of(client, window, values)
  if not price then
    return refuse(why, field)
  end
  return choose(client, BARTER, "", { deal = values.deal, item = values.item, count = values.count, price = price })
end

--- The merchant's goods change: the client has done it already, so the server sends it to the others only.
local function change_goods(client, window, action, item, count)
  local entry, stack = entry_of(window), reports.stack(item, count)
  stack.actionCount = count
  entry.items = { stack }
  objects.change_contents(client, window.index, action, entry.items)
  reports.objects(client, "OnContainer", window.cell, { entry },
    { action = action, sub_action = NO_SUB_ACTION, origin = DIALOGUE })
end

local function change_gold(client, window, amount)
  local entry = entry_of(window)
  entry.goldPool = client.world.containers:pay(window.index, amount)
  entry.lastGoldRestockHour, entry.lastGoldRestockDay = 0, 0
  reports.objects(client, "OnObjectMiscellaneous", window.cell, { entry })
end

local function deal(client, window, wish)
  local is_purchase = wish.deal == "buy"
  change_goods(client, window, is_purchase and REMOVE or ADD, wish.item, wish.count)
  reports.inventory(client, is_purchase and reports.ADD or reports.REMOVE, wish.item, wish.count)
  if wish.price > 0 then
    reports.inventory(client, is_purchase and reports.REMOVE or reports.ADD, GOLD, wish.price)
    change_gold(client, window, is_purchase and wish.price or -wish.price)
  end
  return { item = wish.item, count = wish.count, price = wish.price, gold = client.inventory[GOLD] or 0 }
end

--- Why a line is not said, or nil.
local function obstacle(client, line)
  if line.wants and not client.inventory[line.wants] then
    return "You do not have it with you."
  end
  if line.costs and (client.inventory[GOLD] or 0) < line.costs then
    return "You can't pay for that."
  end
end

--- What the player hands over and receives with a line.
local function exchange(client, line)
  if line.wants then
    reports.inventory(client, reports.REMOVE, line.wants, 1)
  end
  if line.costs then
    reports.inventory(client, reports.REMOVE, GOLD, line.costs)
  end
  if line.pays then
    reports.inventory(client, reports.ADD, GOLD, line.pays)
  end
end

local function say(client, window, topic)
  local person = people.of(window.refId)
  local line = people.line(person, topic, stage_of(client))
  local why = obstacle(client, line)
  if why then
    return { says = why, topics = topics_for(client, person) }
  end
  exchange(client, line)
  if line.journal then
    reports.journal(client, people.QUEST, line.journal)
  end
  reports.topics(client, line.teaches or {})
  if line.travel then
    client.window = nil
    movement.enter(client, line.travel.cell, line.travel)
  end
  return { says = line.text, topics = topics_for(client, person), cell = line.travel and client.cell }
end

--- The server sent a choice back.
function M.allowed(client, index)
  local window = client.window
  local wish = window and window.index == index and window.wish
  if not wish then
    return
  end
  window.wish = nil
  local value = wish.topic and say(client, window, wish.topic) or wish.deal and deal(client, window, wish)
  client.world.input:settle(client, "dialogue", value)
end

--- An item came into the player's inventory: the quest goes on.
function M.item_came(client, id)
  if id == people.LEDGER and (stage_of(client) or 0) < people.STAGES.HELD then
    reports.journal(client, people.QUEST, people.STAGES.HELD)
  end
end

--- A choice that the server did not send back was prevented by a script.
function M.step(client)
  local window = client.window
  if window and window.wish and client.world.now >= window.until_ms then
    window.wish = nil
    client.world.input:settle(client, "dialogue", refuse("the server's scripts did not allow it"))
  end
end

return M
