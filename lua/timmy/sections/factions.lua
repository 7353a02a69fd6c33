--- A player's standing with each faction it has dealt with.
local cache = require("timmy.game.cache")
local corescripts = require("timmy.game.corescripts")
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local numbers = require("timmy.wire.numbers")

--- The most factions listed; the game with both expansions has fewer.
local MOST_FACTIONS = 200

--- The table of the player, or of the world if the configuration shares it.
local function shared(player, setting, default, name)
  return corescripts.table_or_none(corescripts.data_of(corescripts.shared(player, setting, default))[name])
end

local standings = cache.of_content(function(source)
  local ranks, reputations, expulsions = source.ranks, source.reputations, source.expulsions
  local every = {}
  for _, held in ipairs({ ranks, reputations, expulsions }) do
    for faction in pairs(held) do every[faction] = true end
  end
  local factions, names, truncated = {}, id_lists.names(every, MOST_FACTIONS)
  for _, faction in ipairs(names) do
    factions[faction] = {
      rank = numbers.is_finite(ranks[faction]) and math.floor(ranks[faction]) or nil,
      reputation = numbers.whole(reputations[faction]),
      expelled = expulsions[faction] == true,
    }
  end
  return json.constant({ factions = json.object(factions), truncated = truncated })
end)

return function(pid, options)
  local player = corescripts.player(pid)
  return standings(player, {
    ranks = shared(player, "shareFactionRanks", true, "factionRanks"),
    reputations = shared(player, "shareFactionReputation", true, "factionReputation"),
    expulsions = shared(player, "shareFactionExpulsion", false, "factionExpulsion"),
  }, options)
end
