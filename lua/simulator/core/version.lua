--- The version of CoreScripts that the simulator imitates: the 0.8.1 release (commit 6da3fde) and the newest (8f915f8)
--- differ in two ways that matter to scripts.
local M = {
  --- At the release, a player was gone from Players before the handlers of OnPlayerDisconnect ran.
  forgets_before_handlers = false,
  --- At the release, a command on objects for one player was not queued: its echo got that player kicked.
  queues_object_commands = true,
}

local RELEASE, NEWEST = "release", "newest"

--- name: "release" or "newest" (nil is "newest").
function M.choose(name)
  assert(name == nil or name == RELEASE or name == NEWEST, "core_scripts must be 'release' or 'newest'")
  M.forgets_before_handlers = name == RELEASE
  M.queues_object_commands = name ~= RELEASE
end

return M
