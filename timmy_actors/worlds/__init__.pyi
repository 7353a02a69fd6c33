from .asynchronous import AsyncWorld
from .interface import Step, WorldInterface
from .player import PlayerBody

__all__ = [
    "AsyncWorld",
    "PlayerBody",
    "Step",
    "WorldInterface",
]
