from .actor import MAX_PENDING, CommandActor
from .options import CommandOptions

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
]
