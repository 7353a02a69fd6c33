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
from .tasks.agents import Agent, RandomAgent, ScriptedAgent, play
from .tasks.episode import Episode
from .tasks.task import Task, find_task, load_tasks
from .waiting import LONGEST_WAIT_S, Waited, await_until, wait_until

__all__ = [
    "CONDITION",
    "LONGEST_WAIT_S",
    "Agent",
    "AsyncWorld",
    "AtPlace",
    "ChatFrom",
    "Condition",
    "Dialogue",
    "Episode",
    "Happens",
    "HealthBelow",
    "LockstepGame",
    "Manner",
    "Near",
    "NearPoint",
    "PlayerBody",
    "RandomAgent",
    "ScriptedAgent",
    "Step",
    "Taken",
    "Task",
    "Waited",
    "WorldInterface",
    "await_until",
    "find_task",
    "load_tasks",
    "observe_message",
    "play",
    "wait_until",
]
