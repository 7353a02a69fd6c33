from .host import WorldHostActor, WorldOptions
from .lockstep import MAX_SEED, MAX_TURN_MS, LockstepTurn, LockstepWorld, Turns
from .luajit import find_luajit, new_runtime, search_only
from .settings import EmbeddedSettings, check_port_is_free
from .world import API, PRECONDITIONS, Loop, World
from .world_process import WorldProcess

__all__ = [
    "API",
    "MAX_SEED",
    "MAX_TURN_MS",
    "PRECONDITIONS",
    "EmbeddedSettings",
    "LockstepTurn",
    "LockstepWorld",
    "Loop",
    "Turns",
    "World",
    "WorldHostActor",
    "WorldOptions",
    "WorldProcess",
    "check_port_is_free",
    "find_luajit",
    "new_runtime",
    "search_only",
]
