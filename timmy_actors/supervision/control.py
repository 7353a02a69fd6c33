"""Control messages, which overtake other messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from timmy_actors.supervision.mailbox import Control
from timmy_actors.supervision.spec import ChildSpec


@dataclass(frozen=True)
class Ping(Control):
    """Checks that an actor's loop runs; answered by the base class between two messages."""


@dataclass(frozen=True)
class GetState(Control):
    """Answered with `Actor.actor_state()`, read between two messages."""


@dataclass(frozen=True)
class Fault(Control):
    """Makes an actor call `strike` in its own loop; the test kit uses it to make actors fail or hang."""

    strike: Callable[[], None]


@dataclass(frozen=True)
class WhichChildren(Control):
    """To a supervisor: answered with a tuple of `ChildInfo`, in start order."""


@dataclass(frozen=True)
class CountChildren(Control):
    """To a supervisor: answered with `ChildCount`."""


@dataclass(frozen=True)
class StartChild(Control):
    """To a supervisor: start a child; answered with its generation when it is up.

    If its first start fails for any reason, the answer is `StartFailedError` and the child is removed. The answer to an
    invalid request is `SpecError`.
    """

    spec: ChildSpec


@dataclass(frozen=True)
class StopChild(Control):
    """To a supervisor: stop a child and remove it; answered when it is down."""

    name: str


@dataclass(frozen=True)
class RestartChild(Control):
    """To a supervisor: stop a child and start it again at once, which counts as no failure.

    Answered with its new generation when it is up again.
    """

    name: str


@dataclass(frozen=True)
class ChildInfo:
    """One child in the answer to `WhichChildren`."""

    name: str
    state: str
    generation: int
    restarts: int
    is_supervisor: bool
    reason: str | None
    """Why its last incarnation ended, as text; None if none has ended."""


@dataclass(frozen=True)
class ChildCount:
    """The number of a supervisor's children."""

    specs: int
    active: int
    supervisors: int
    workers: int
