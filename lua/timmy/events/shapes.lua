--- The data of events about objects, actors and players, from the tables that CoreScripts make of a packet.
local id_lists = require("timmy.state.id_lists")
local json = require("timmy.wire.json")
local players = require("timmy.state.players")

local M = {}

--- The most objects in one event: a client may report any number at once. The next perception has the others.
M.MOST = 100

function M.text_or(value, default) return type(value) == "string" and value or default end

function M.table_or_empty(value) return type(value) == "table" and value or {} end

--- Whether CoreScripts carried out the event: a validator of another script can prevent it.
function M.is_done(status) return type(status) ~= "table" or status.validDefaultHandler ~= false end

--- The name of the player in a slot, or nil.
function M.player_in(pid)
  return type(pid) == "number" and players.name(pid) or nil
end

--- The actor of an event: a player's name, else an actor's or object's unique index; nil if there is none.
function M.doer(entry, pid, unique_index)
  return M.player_in(entry[pid]) or (id_lists.is_id(entry[unique_index]) and entry[unique_index] or nil)
end

local function by_index(entries)
  local indexes = {}
  for index, entry in pairs(M.table_or_empty(entries)) do
    if type(index) == "string" and type(entry) == "table" then indexes[#indexes + 1] = index end
  end
  table.sort(indexes)
  return indexes
end

--- The entries of a packet, by unique index, with the wire's names: { unique_index, ref_id } and the fields from
-- `describe(entry)`; at most `MOST`, and how many were left out.
function M.listed(entries, describe)
  local indexes, listed = by_index(entries), {}
  for position = 1, math.min(#indexes, M.MOST) do
    local entry = entries[indexes[position]]
    local described = describe and describe(entry) or {}
    described.unique_index, described.ref_id = indexes[position], M.text_or(entry.refId, "")
    listed[position] = described
  end
  return json.array(listed), math.max(0, #indexes - M.MOST)
end

--- The names of the players in a packet of objects, with the fields from `describe(entry)`.
function M.people(entries, describe)
  local pids, people = {}, {}
  for pid in pairs(M.table_or_empty(entries)) do
    if type(pid) == "number" then pids[#pids + 1] = pid end
  end
  table.sort(pids)
  for _, pid in ipairs(pids) do
    local name, entry = M.player_in(pid), M.table_or_empty(entries[pid])
    local described = describe and describe(entry) or {}
    described.player = name
    if name then people[#people + 1] = described end
  end
  return json.array(people)
end

return M
