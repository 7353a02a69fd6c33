from .host import WorldHostActor, WorldOptions
from .luajit import find_luajit, new_runtime, search_only
from .settings import EmbeddedSettings, check_port_is_free
from .world import API, PRECONDITIONS, Loop, World

__all__ = [
    "API",
    "PRECONDITIONS",
    "EmbeddedSettings",
    "Loop",
    "World",
    "WorldHostActor",
    "WorldOptions",
    "check_port_is_free",
    "find_luajit",
    "new_runtime",
    "search_only",
]
