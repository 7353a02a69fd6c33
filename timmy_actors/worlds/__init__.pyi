from .asynchronous import AsyncWorld
from .interface import Calls, Manner, Step, WorldInterface
from .lockstep import LockstepGame, observe_message
from .player import PlayerBody

__all__ = [
    "AsyncWorld",
    "Calls",
    "LockstepGame",
    "Manner",
    "PlayerBody",
    "Step",
    "WorldInterface",
    "observe_message",
]
