--- The raw API: runs functions of the server's script API by name, as one batch within one tick. Only if the operator
-- has set `allow_raw`.
local batch = require("timmy.raw.batch")
local joining = require("timmy.raw.joining")
local trips = require("timmy.state.trips")

local M = {}

function M.api(pid, values, context)
  local err = batch.judge(values.calls) or joining.judge(values.calls)
  if err then return nil, err end
  local results
  results, err = trips.follow(pid, context.revision, batch.run, values.calls)
  if err then return nil, err end
  return { results = results }
end

return M
