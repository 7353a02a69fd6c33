"""The embedded world: a process that runs the real Lua bridge under LuaJIT, in a stand-in for a TES3MP server."""

from timmy_actors.embedded.host import WorldHostActor, WorldOptions
from timmy_actors.embedded.luajit import new_runtime, search_only
from timmy_actors.embedded.settings import WorldSettings, check_port_is_free
from timmy_actors.embedded.world import API, PRECONDITIONS, Loop, World

__all__ = [
    "API",
    "PRECONDITIONS",
    "Loop",
    "World",
    "WorldHostActor",
    "WorldOptions",
    "WorldSettings",
    "check_port_is_free",
    "new_runtime",
    "search_only",
]
