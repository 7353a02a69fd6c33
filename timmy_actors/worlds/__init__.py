"""Bodies of an agent behind one `WorldInterface`."""

from timmy_actors.worlds.asynchronous import AsyncWorld
from timmy_actors.worlds.interface import Game, Manner, Step, WorldInterface
from timmy_actors.worlds.player import PlayerBody

__all__ = [
    "AsyncWorld",
    "Game",
    "Manner",
    "PlayerBody",
    "Step",
    "WorldInterface",
]
