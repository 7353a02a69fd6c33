local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local done = acting.done
local equal, test = harness.equal, harness.test

test("writes a journal entry with the world's date, to all who share it", function()
  stage.open()
  local before, time = #WorldInstance.data.journal, WorldInstance.data.time
  equal(done("journal", { quest = "MS_Fargoth", index = 10 }),
    { quest = "ms_fargoth", index = 10, kind = "entry" })
  equal(stage.calls("AddJournalEntryWithTimestamp")[1], { "AddJournalEntryWithTimestamp", 0, "ms_fargoth", 10, "player",
    time.daysPassed, time.month, time.day })
  equal(stage.calls("SendJournalChanges")[1], { "SendJournalChanges", 0, true, false })
  equal(#WorldInstance.data.journal, before + 1)
end)

test("sets a quest's index without a text", function()
  stage.open()
  done("journal", { quest = "ms_fargoth", index = 5, kind = "index" })
  equal(stage.calls("AddJournalIndex")[1], { "AddJournalIndex", 0, "ms_fargoth", 5 })
  equal(WorldInstance.data.journal[#WorldInstance.data.journal].type, enumerations.journal.INDEX)
end)

test("writes the same journal line once", function()
  stage.open()
  for _, kind in ipairs({ "entry", "index" }) do
    done("journal", { quest = "ms_fargoth", index = 10, kind = kind })
    local length = #WorldInstance.data.journal
    done("journal", { quest = "ms_fargoth", index = 10, kind = kind })
    equal(#WorldInstance.data.journal, length)
  end
end)

test("writes into the player's own journal where it isn't shared", function()
  stage.open()
  config.shareJournal = false
  local shared = #WorldInstance.data.journal
  done("journal", { quest = "ms_fargoth", index = 10 })
  equal(#WorldInstance.data.journal, shared)
  equal(Players[0].data.journal[#Players[0].data.journal].quest, "ms_fargoth")
  equal(stage.calls("SendJournalChanges")[1][3], false)
end)

test("sends an entry without a date where the world's is damaged", function()
  stage.open()
  WorldInstance.data.time.month = "July"
  done("journal", { quest = "ms_fargoth", index = 10 })
  equal(#stage.calls("AddJournalEntry"), 1)
end)

acting.covers("journal")
