from .actions import (
    TYPED_ACTION,
    Activate,
    Attack,
    Barter,
    Block,
    Cast,
    ChooseTopic,
    Jump,
    Look,
    Open,
    Run,
    StopMoving,
    Take,
    Talk,
    Turn,
    TypedAction,
    Walk,
    parse_typed,
)
from .async_player import AsyncPlayerBody
from .asynchronous import AsyncWorld
from .client_body import ClientBody, merged
from .composite import CompositeBody
from .conditions import CONDITION, AtPlace, ChatFrom, Condition, Dialogue, Happens, HealthBelow, Near, NearPoint
from .desktop import DesktopBody, DesktopPerception
from .interface import Step, WorldInterface
from .journeys import go_to, walk_route
from .lockstep import LockstepGame, Taken, observe_message
from .manner import Manner
from .npc import NpcBody
from .performing import AsyncPerformer, Performed, Performer, Progress, aperform, perform
from .plans import Ending, Plan, Point, Request, Seen
from .player import PlayerBody, spoken
from .tasks.agents import Agent, RandomAgent, ScriptedAgent, play
from .tasks.episode import Episode, State
from .tasks.task import Task, find_task, load_tasks
from .tasks.tools import TaskTools, as_text
from .timing import Clock, RealClock
from .verbs import flee, follow, give, pick_up, say_to, talk_about, use_door
from .waiting import LONGEST_WAIT_S, Waited, await_until, wait_until

__all__ = [
    "CONDITION",
    "LONGEST_WAIT_S",
    "TYPED_ACTION",
    "Activate",
    "Agent",
    "AsyncPerformer",
    "AsyncPlayerBody",
    "AsyncWorld",
    "AtPlace",
    "Attack",
    "Barter",
    "Block",
    "Cast",
    "ChatFrom",
    "ChooseTopic",
    "ClientBody",
    "Clock",
    "CompositeBody",
    "Condition",
    "DesktopBody",
    "DesktopPerception",
    "Dialogue",
    "Ending",
    "Episode",
    "Happens",
    "HealthBelow",
    "Jump",
    "LockstepGame",
    "Look",
    "Manner",
    "Near",
    "NearPoint",
    "NpcBody",
    "Open",
    "Performed",
    "Performer",
    "Plan",
    "PlayerBody",
    "Point",
    "Progress",
    "RandomAgent",
    "RealClock",
    "Request",
    "Run",
    "ScriptedAgent",
    "Seen",
    "State",
    "Step",
    "StopMoving",
    "Take",
    "Taken",
    "Talk",
    "Task",
    "TaskTools",
    "Turn",
    "TypedAction",
    "Waited",
    "Walk",
    "WorldInterface",
    "aperform",
    "as_text",
    "await_until",
    "find_task",
    "flee",
    "follow",
    "give",
    "go_to",
    "load_tasks",
    "merged",
    "observe_message",
    "parse_typed",
    "perform",
    "pick_up",
    "play",
    "say_to",
    "spoken",
    "talk_about",
    "use_door",
    "wait_until",
    "walk_route",
]
