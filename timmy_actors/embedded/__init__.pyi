from .host import WorldHostActor, WorldOptions
from .luajit import find_luajit, new_runtime, search_only
from .settings import WorldSettings, check_port_is_free
from .world import API, PRECONDITIONS, Loop, World

__all__ = [
    "API",
    "PRECONDITIONS",
    "Loop",
    "World",
    "WorldHostActor",
    "WorldOptions",
    "WorldSettings",
    "check_port_is_free",
    "find_luajit",
    "new_runtime",
    "search_only",
]
