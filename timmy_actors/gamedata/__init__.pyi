from .actor import GameDataActor, GameDataOptions
from .answers import Answers, GameDataRequest
from .building import build_index
from .faults import BrokenRecordError, Fault, TruncatedError
from .library import Library
from .limits import MAX_FILES
from .routes import Navigator
from .terrain import decode_heights

__all__ = [
    "MAX_FILES",
    "Answers",
    "BrokenRecordError",
    "Fault",
    "GameDataActor",
    "GameDataOptions",
    "GameDataRequest",
    "Library",
    "Navigator",
    "TruncatedError",
    "build_index",
    "decode_heights",
]
