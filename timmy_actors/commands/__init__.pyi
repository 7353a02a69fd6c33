from .actor import MAX_PENDING, CommandActor, CommandOptions
from .messages import SubmitCommand

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
    "SubmitCommand",
]
