from .actor import CommandActor
from .options import MAX_PENDING, CommandOptions

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
]
