from .asynchronous import AsyncWorld
from .interface import Game, Manner, Step, WorldInterface
from .player import PlayerBody

__all__ = [
    "AsyncWorld",
    "Game",
    "Manner",
    "PlayerBody",
    "Step",
    "WorldInterface",
]
