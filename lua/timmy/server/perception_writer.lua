--- The text of a push of version 1: the sections of one player that changed, each whole.
local clock = require("timmy.server.clock")
local delta = require("timmy.server.delta")
local json = require("timmy.wire.json")

local M = {}

--- Buffers, reused to avoid garbage.
local revisions, pieces = {}, {}

--- Writes the members of an object into the buffer from index `at` on; returns the next free index.
local function put_members(at, names, value_of)
  for position, name in ipairs(names) do
    pieces[at], pieces[at + 1], pieces[at + 2] = position > 1 and ',"' or '"', name, '":'
    pieces[at + 3] = value_of(name)
    at = at + 4
  end
  return at
end

local function opening_of(player)
  return '{"type":"perception","player":' .. json.encode(player.name) .. ',"pid":' .. player.pid .. ',"now":'
end

local function revision_in(name) return revisions[name] end

--- The text is concatenated here: the sections are texts already, and encoding tables of them would take longer than
-- the rest of the push.
local function message_of(entry, names, seq, now, game_now)
  local readings = entry.readings
  entry.opening = entry.opening or opening_of(entry.player)
  pieces[1], pieces[2], pieces[3], pieces[4] = entry.opening, clock.to_ms(now), ',"seq":', seq
  pieces[5], pieces[6] = ',"revision":', entry.revision
  pieces[7], pieces[8] = ',"game_ms":', clock.to_ms(game_now)
  pieces[9] = entry.full and ',"full":true,"revisions":{' or ',"full":false,"revisions":{'
  local at = put_members(10, names, revision_in)
  pieces[at] = '},"sections":{'
  at = put_members(at + 1, names, function(name) return readings[name]:text() end)
  pieces[at] = "}}"
  return table.concat(pieces, "", 1, at)
end

--- The text of an entry's push, whose sections are in `entry.readings`; nil if nothing changed, unless `must`.
function M.write(subscription, entry, must, seq, now, game_now)
  for _, section in ipairs(subscription.sections) do
    local reading = entry.readings[section]
    revisions[section] = reading and reading.revision
  end
  local names = delta.changed(subscription.sections, revisions, entry.sent)
  if #names == 0 and not must then return nil end
  local text = message_of(entry, names, seq, now, game_now)
  for _, name in ipairs(names) do entry.sent[name] = revisions[name] end
  return text
end

return M
