"""What supervisors and actors are sent: requests to a supervisor, exits, and what a monitor receives."""

from __future__ import annotations

import logging
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
