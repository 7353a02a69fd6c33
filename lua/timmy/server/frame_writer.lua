--- The text of a push of version 2, a frame: the entities that changed since they were last sent on this connection,
-- and a perception of one player that refers to them by their keys.
local clock = require("timmy.server.clock")
local declarations = require("timmy.wire.declarations")
local json = require("timmy.wire.json")

local M = {}

local CADENCE = json.encode({
  shortest_s = declarations.CADENCE_SHORTEST_S, longest_s = declarations.CADENCE_LONGEST_S,
  least_speed = declarations.CADENCE_LEAST_SPEED, parts = declarations.CADENCE_PARTS,
})

--- The pieces of the frame, and of its sections; reused to avoid garbage.
local pieces, sections = {}, {}

local function opening_of(entry)
  local player = entry.player
  if not entry.full then
    entry.opening = entry.opening or '"perceptions":[{"pid":' .. player.pid
    return entry.opening
  end
  return '"perceptions":[{"full":true,"player":' .. json.encode(player.name) .. ',"pid":' .. player.pid
    .. ',"cadence":' .. CADENCE
end

--- Appends a section of which members changed, as `"name":[revision,{members}]`.
local function put_members(count, name, reading, since)
  sections[count + 1], sections[count + 2], sections[count + 3] = count == 0 and '"' or ',"', name, '":['
  sections[count + 4], sections[count + 5] = reading.revision, ","
  sections[count + 6] = since and reading:changes(since) or reading:text()
  sections[count + 7] = "]"
  return count + 7
end

--- Appends a section that lists other entities than before, as `"name":{"added":[keys],...}`.
local function put_scene(count, name, text)
  sections[count + 1], sections[count + 2], sections[count + 3] = count == 0 and '"' or ',"', name, '":'
  sections[count + 4] = text
  return count + 4
end

--- Fills the buffer `sections` with what changed; returns its length, and whether an entity changed.
local function write_sections(subscription, entry)
  local count, has_changed = 0, false
  local names, readings = subscription.sections, entry.readings
  for position = 1, #names do
    local name = names[position]
    local reading = readings[name]
    if reading and reading.list then
      local text, differs = subscription.entities:show(entry, name, reading)
      if text then count = put_scene(count, name, text) end
      has_changed = has_changed or differs
    elseif reading and reading.revision ~= entry.sent[name] then
      count = put_members(count, name, reading, entry.sent[name])
      entry.sent[name] = reading.revision
    end
  end
  return count, has_changed
end

--- The text of an entry's push, whose sections are in `entry.readings`; nil if nothing changed, unless `must`.
function M.write(subscription, entry, must, seq, now, game_now)
  subscription.entities:begin()
  local count, has_changed = write_sections(subscription, entry)
  pieces[1], pieces[2], pieces[3] = '{"type":"frame","seq":', seq, ',"now":'
  pieces[4], pieces[5], pieces[6] = clock.to_ms(now), ',"game_ms":', clock.to_ms(game_now)
  pieces[7] = ","
  local at = subscription.entities:put(pieces, 7)
  if count == 0 and not has_changed and at == 7 and not must then return nil end
  pieces[at + 1] = opening_of(entry)
  at = at + 1
  if entry.sent_revision ~= entry.revision then
    pieces[at + 1], pieces[at + 2], at = ',"revision":', entry.revision, at + 2
    entry.sent_revision = entry.revision
  end
  if count > 0 then
    pieces[at + 1] = ',"sections":{'
    for position = 1, count do pieces[at + 1 + position] = sections[position] end
    pieces[at + 2 + count], at = "}", at + 2 + count
  end
  pieces[at + 1] = "}]}"
  return table.concat(pieces, "", 1, at + 1)
end

return M
