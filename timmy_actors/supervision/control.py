"""Supervision's own messages: they overtake work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from timmy_actors.supervision.mailbox import Control
from timmy_actors.supervision.spec import ChildSpec


@dataclass(frozen=True)
class Ping(Control):
    """Does the loop turn? Every actor's base answers, between two messages."""


@dataclass(frozen=True)
class GetState(Control):
    """Answered with `Actor.actor_state()`, taken between two messages."""


@dataclass(frozen=True)
class Fault(Control):
    """Has an actor call `strike` in its own loop: the test kit's way to make it fail or hang."""

    strike: Callable[[], None]


@dataclass(frozen=True)
class WhichChildren(Control):
    """To a supervisor: answered with a tuple of `ChildInfo`, in the order of starting."""


@dataclass(frozen=True)
class CountChildren(Control):
    """To a supervisor: answered with `ChildCount`."""


@dataclass(frozen=True)
class StartChild(Control):
    """To a supervisor: start one more child; answered with its generation when it is up.

    Answered with `StartFailedError` when it does not come up at the first try, whatever the reason: then it is not
    kept. Answered with `SpecError` when the request is wrong.
    """

    spec: ChildSpec


@dataclass(frozen=True)
class StopChild(Control):
    """To a supervisor: stop a child for good and forget it; answered when it is down."""

    name: str


@dataclass(frozen=True)
class ChildInfo:
    """One row of `WhichChildren`."""

    name: str
    state: str
    generation: int
    restarts: int
    is_supervisor: bool
    reason: str | None
    """Why its last incarnation ended, in words; None when none has."""


@dataclass(frozen=True)
class ChildCount:
    """How many children a supervisor has."""

    specs: int
    active: int
    supervisors: int
    workers: int
