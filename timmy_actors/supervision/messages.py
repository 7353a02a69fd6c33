"""What supervisors and actors are sent: requests to a supervisor, exits, and what a monitor receives."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pykka

from timmy_actors.supervision.actor import Lifecycle
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.log_relay import RELAY, FailureLog
from timmy_actors.supervision.mailbox import Control
from timmy_actors.supervision.spec import ChildSpec

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ChildStarted(Control):
    """A child acknowledged its start; `life` tells one incarnation from its namesakes."""

    child: str
    generation: int
    life: Lifecycle


@dataclass(frozen=True)
class ChildDown(Control):
    """A child's incarnation has ended."""

    child: str
    generation: int
    life: Lifecycle
    reason: BaseException | None
    words: str
    """The reason in words: put together in the child's thread, where a `__str__` may take its time."""


class Tick(Control):
    """The plan's next due time has come."""


class Beat(Control):
    """Time to see whether the children's loops turn."""


class Report(Lifecycle):
    """A child's lifecycle, told to its supervisor."""

    logs_failures = True

    def __init__(self, supervisor: pykka.ActorRef[Any], spec: ChildSpec, generation: int, failures: FailureLog) -> None:
        self._supervisor = supervisor
        self._spec = spec
        self._generation = generation
        self._failures = failures
        self.asked = False
        """Whether its supervisor has asked it to stop."""
        self.given_up = False
        """Whether it was abandoned: that was logged then."""

    def started(self) -> None:
        """Tell it."""
        self._tell(ChildStarted(self._spec.id, self._generation, self))

    def down(self, reason: BaseException | None) -> None:
        """Tell it, and then the log."""
        words = describe(reason)
        self._tell(ChildDown(self._spec.id, self._generation, self, reason, words))
        self.log(reason, words)

    def log(self, reason: BaseException | None, words: str) -> None:
        """Log why it ended, unless that is part of life."""
        if reason is not None and not self.given_up and not self._spec.expects(reason):
            self._failures.say(reason, words, asked=self.asked)

    def _tell(self, message: Control) -> None:
        try:
            self._supervisor.tell(message)
        except pykka.ActorDeadError:
            RELAY.say(log, logging.DEBUG, f"{self._spec.id}: its supervisor is gone")


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
