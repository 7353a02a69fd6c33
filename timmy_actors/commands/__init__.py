"""commands"""

from timmy_actors.commands.actor import MAX_PENDING, CommandActor, CommandOptions
from timmy_actors.commands.messages import Do

__all__ = [
    "MAX_PENDING",
    "CommandActor",
    "CommandOptions",
    "Do",
]
