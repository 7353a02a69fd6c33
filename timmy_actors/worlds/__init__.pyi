from .asynchronous import AsyncWorld
from .interface import Calls, Manner, Step, WorldInterface
from .player import PlayerBody

__all__ = [
    "AsyncWorld",
    "Calls",
    "Manner",
    "PlayerBody",
    "Step",
    "WorldInterface",
]
