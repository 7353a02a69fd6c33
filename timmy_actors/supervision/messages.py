"""Messages to a supervisor about its children and its timers, and the lifecycle that sends them."""

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
    """A child acknowledged its start; `life` identifies the incarnation."""

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
    """The reason as text, formatted in the child's thread, because its `__str__` may block."""


class Tick(Control):
    """The state machine's next due time has come."""


class Beat(Control):
    """It is time to check whether the children's loops run."""


class Report(Lifecycle):
    """The lifecycle of a child: reports its start and end to its supervisor."""

    logs_failures = True

    def __init__(self, supervisor: pykka.ActorRef[Any], spec: ChildSpec, generation: int, failures: FailureLog) -> None:
        self._supervisor = supervisor
        self._spec = spec
        self._generation = generation
        self._failures = failures
        self.asked = False
        """Whether its supervisor has asked it to stop."""
        self.abandoned = False
        """Whether it was abandoned, which was logged at that time."""

    def started(self) -> None:
        """Report the start to the supervisor."""
        self._send(ChildStarted(self._spec.id, self._generation, self))

    def down(self, reason: BaseException | None) -> None:
        """Report the end to the supervisor, and log a failure."""
        words = describe(reason)
        self._send(ChildDown(self._spec.id, self._generation, self, reason, words))
        self.log(reason, words)

    def log(self, reason: BaseException | None, words: str) -> None:
        """Log the reason, unless it is expected or the child was abandoned."""
        if reason is not None and not self.abandoned and not self._spec.expects(reason):
            self._failures.log(reason, words, asked=self.asked)

    def _send(self, message: Control) -> None:
        try:
            self._supervisor.tell(message)
        except pykka.ActorDeadError:
            RELAY.log(log, logging.DEBUG, f"{self._spec.id}: its supervisor has ended")
