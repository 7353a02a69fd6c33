from .actor import GameDataActor, GameDataOptions
from .building import MAX_FILES, build_index
from .faults import BrokenRecordError, Fault, TruncatedError
from .library import Library
from .routes import Navigator

__all__ = [
    "MAX_FILES",
    "BrokenRecordError",
    "Fault",
    "GameDataActor",
    "GameDataOptions",
    "Library",
    "Navigator",
    "TruncatedError",
    "build_index",
]
