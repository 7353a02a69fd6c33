--- Who can be talked to, and what they say: topics with their conditions and effects. All texts are invented.
---
--- A topic: { text =, least =, most = (stages of the quest between which it is said; none: -1), teaches = { topics },
--- journal = stage, wants = item (taken from the player), pays = gold (to the player), costs = gold, travel = { cell =,
--- x =, y =, yaw = } (where it brings the player) }. The first entry that applies counts.
local plugin = require("simulator.scene.plugin")

local M = {}

M.QUEST = "inn_ledger_errand"
--- Stages of the quest: asked for, whereabouts heard of, held, returned.
M.STAGES = { ASKED = 10, HEARD = 20, HELD = 30, RETURNED = 100 }
M.LEDGER = "inn_ledger"

local NONE = -1
local S = M.STAGES

M.PEOPLE = {
  ["dulnea ralaal"] = {
    name = "Dulnea Ralaal", greeting = "Welcome to the Eight Plates. Food, drink, a bed; what will it be?",
    teaches = { "beds", "little advice" },
    topics = {
      ["beds"] = { { text = "A bed is ten gold the night. The rooms upstairs are quiet.",
        teaches = { "quiet rooms" } } },
      ["quiet rooms"] = { { text = "Quiet, since the trader left who sang. He took my ledger by mistake.",
        teaches = { "lost ledger" } } },
      ["little advice"] = { { text = "Do not wander the lanes after dark. Ask me about beds instead.",
        teaches = { "beds" } } },
      ["lost ledger"] = {
        { text = "The trader went to Arrille's Tradehouse in Seyda Neen. Will you bring my ledger back?",
          least = NONE, most = NONE, journal = S.ASKED },
        { text = "My ledger, every page of it. Here, fifty gold, and my thanks.", least = S.HELD, most = S.HELD,
          wants = M.LEDGER, pays = 50, journal = S.RETURNED },
        { text = "My accounts are in order again, thanks to you.", least = S.RETURNED },
        { text = "Have you asked at Arrille's Tradehouse in Seyda Neen?", least = S.ASKED },
      },
    },
  },
  ["arrille"] = {
    name = "Arrille", greeting = "Come in. If you need it, I sell it.", teaches = { "my trade" },
    goods = { { id = "torch", count = 5 }, { id = "p_restore_health_b", count = 3 },
      { id = "iron shortsword", count = 1 }, { id = "iron_shield", count = 1 },
      { id = "ingred_bread_01", count = 10 } },
    gold = 800,
    topics = {
      ["my trade"] = { { text = "I buy and sell. Ask to barter." } },
      ["lost ledger"] = {
        { text = "A ledger? I put it in a crate beside the lighthouse. Mind the rat there.",
          least = S.ASKED, most = S.ASKED, journal = S.HEARD },
        { text = "In the crate beside the lighthouse, as I said.", least = S.HEARD },
        { text = "I know of no ledger.", least = NONE },
      },
    },
  },
  ["fargoth"] = { name = "Fargoth", greeting = "Have you seen my ring?", teaches = { "little secret" },
    topics = { ["little secret"] = { { text = "Not so loud! It is a secret." } } } },
  ["selvil sareloth"] = { name = "Selvil Sareloth", greeting = "The strider is fed and rested. Where to?",
    teaches = { "travel to seyda neen" },
    topics = { ["travel to seyda neen"] = { { text = "Hold on to the rim, and do not look down.", costs = 10,
      travel = { cell = "-2, -9", x = -9050, y = -71150, yaw = -math.pi / 2 } } } } },
  ["darvame hleran"] = { name = "Darvame Hleran", greeting = "My strider goes to Balmora.",
    teaches = { "travel to balmora" },
    topics = { ["travel to balmora"] = { { text = "Balmora, then. It takes a while.", costs = 10,
      travel = { cell = "-3, -3", x = -21640, y = -17810, yaw = 0 } } } } },
  ["imperial guard"] = { name = "Imperial Guard", greeting = "Move along.", topics = {} },
  ["hlaalu guard"] = { name = "Hlaalu Guard", greeting = "Keep out of trouble, outlander.", topics = {} },
}

local STRANGER = { greeting = "Yes?", topics = {} }

for id, name in pairs(plugin.names or {}) do
  local person = M.PEOPLE[id] or { greeting = STRANGER.greeting, topics = STRANGER.topics }
  person.name, M.PEOPLE[id] = name, person
end

--- What is known of an actor by its record's id.
function M.of(id)
  return M.PEOPLE[id:lower()] or STRANGER
end

--- The entry of a topic that applies at a stage of the quest (nil: not begun), or nil.
function M.line(person, topic, stage)
  local at = stage or NONE
  for _, line in ipairs(person.topics[topic] or {}) do
    if at >= (line.least or NONE) and at <= (line.most or math.huge) then
      return line
    end
  end
end

return M
