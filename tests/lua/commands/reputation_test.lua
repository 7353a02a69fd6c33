local acting = require("acting")
local harness = require("harness")
local stage = require("stage")

local done, refused = acting.done, acting.refused
local equal, test = harness.equal, harness.test

test("sets a bounty for one player, or for all who share it", function()
  stage.open()
  equal(done("set_bounty", { bounty = 500 }), { bounty = 500 })
  equal({ tes3mp.GetBounty(0), tes3mp.GetBounty(1), Players[0].data.fame.bounty }, { 500, 0, 500 })
  equal(#stage.calls("SendBounty"), 1)
  config.shareBounty = true
  done("set_bounty", { bounty = 40 })
  equal({ tes3mp.GetBounty(0), tes3mp.GetBounty(1), WorldInstance.data.fame.bounty }, { 40, 40, 40 })
end)

test("sets a reputation with all who share it, or for one player", function()
  stage.open()
  equal(done("set_reputation", { reputation = 12 }), { reputation = 12 })
  equal({ tes3mp.GetReputation(0), WorldInstance.data.fame.reputation }, { 12, 12 })
  config.shareReputation = false
  done("set_reputation", { reputation = -3 })
  equal({ WorldInstance.data.fame.reputation, Players[0].data.fame.reputation }, { 12, -3 })
  equal(stage.calls("SendReputation"), { { "SendReputation", 0, true, false }, { "SendReputation", 0, false, false } })
end)

test("declines to write into fame that is damaged", function()
  stage.open()
  Players[0].data.fame, WorldInstance.data.fame = "none", "none"
  refused("set_bounty", { bounty = 5 }, "game_refused")
  refused("set_reputation", { reputation = 5 }, "game_refused")
end)

acting.covers("reputation")
