from .asynchronous import AsyncWorld
from .conditions import (
    CONDITION,
    AtPlace,
    ChatFrom,
    Condition,
    Dialogue,
    Happens,
    HealthBelow,
    Near,
    NearPoint,
)
from .interface import Manner, Step, WorldInterface
from .lockstep import LockstepGame, Taken, observe_message
from .player import PlayerBody
from .waiting import LONGEST_WAIT_S, Waited, await_until, wait_until

__all__ = [
    "CONDITION",
    "LONGEST_WAIT_S",
    "AsyncWorld",
    "AtPlace",
    "ChatFrom",
    "Condition",
    "Dialogue",
    "Happens",
    "HealthBelow",
    "LockstepGame",
    "Manner",
    "Near",
    "NearPoint",
    "PlayerBody",
    "Step",
    "Taken",
    "Waited",
    "WorldInterface",
    "await_until",
    "observe_message",
    "wait_until",
]
