from .actor import MAX_PENDING, CommandActor, CommandOptions

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
]
