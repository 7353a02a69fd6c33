from .actor import MAX_PENDING, CommandActor, CommandOptions
from .messages import Do

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
    "Do",
]
