--- A player's name, looks, class, level and bounty. A setter changes the server's copy; a Send* informs the client.

local FIELDS = {
  Name = "name", Race = "race", Head = "head", Hair = "hair", IsMale = "is_male", Model = "model",
  Birthsign = "birthsign", Level = "level", LevelProgress = "level_progress", Bounty = "bounty",
  Reputation = "reputation", Scale = "scale", CreatureRefId = "creature",
  CreatureNameDisplayState = "shows_creature_name",
}

local CLASS_FIELDS = { DefaultClass = "id", ClassDesc = "description", ClassSpecialization = "specialization" }

local function accessors(define_player, fields, of)
  for name, field in pairs(fields) do
    define_player("Get" .. name, function(player) return of(player)[field] end)
    define_player("Set" .. name, function(player, value) of(player)[field] = value end)
  end
end

local function class_slots(define_player, name, field)
  define_player("GetClass" .. name, function(player, slot) return player.class[field][slot] or 0 end)
  define_player("SetClass" .. name, function(player, slot, id) player.class[field][slot] = id end)
end

local function class(define_player)
  accessors(define_player, CLASS_FIELDS, function(player) return player.class end)
  define_player("GetClassName", function(player) return player.class.name end)
  define_player("SetClassName", function(player, name) player.class.name, player.class.id = name, "" end)
  define_player("IsClassDefault", function(player) return player.class.id ~= "" and 1 or 0 end)
  class_slots(define_player, "MajorAttribute", "major_attributes")
  class_slots(define_player, "MajorSkill", "major_skills")
  class_slots(define_player, "MinorSkill", "minor_skills")
end

local function sends(server, define_player)
  for _, what in ipairs { "BaseInfo", "Class", "Level", "Bounty", "Shapeshift" } do
    define_player("Send" .. what, function(player)
      server:send(player.pid, { type = what }, what ~= "Level", false)
    end)
  end
  define_player("SendReputation", function(player, to_others, skip)
    server:send(player.pid, { type = "Reputation" }, to_others, skip)
  end)
end

return function(server, _, define_player)
  accessors(define_player, FIELDS, function(player) return player end)
  class(define_player)
  define_player("IsWerewolf", function(player) return player.is_werewolf end)
  define_player("SetWerewolfState", function(player, state) player.is_werewolf = state end)
  define_player("SetResetStats", function(player, state) player.resets_stats = state end)
  sends(server, define_player)
end
