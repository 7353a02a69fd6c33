"""Messages to a supervisor about its children and its timers, and the lifecycle that sends them."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from dataclasses import dataclass
from typing import Any

import pykka

from timmy_actors.supervision.actor import Lifecycle
from timmy_actors.supervision.context import current, enter
from timmy_actors.supervision.directory import Names
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.log_relay import RELAY, FailureLog
from timmy_actors.supervision.mailbox import Control
from timmy_actors.supervision.reply import Reply, answer_all
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


class Removal:
    """Completes the removal of a child in the child's own thread: the asker waits for one thread less.

    The supervisor handles the child's end as any other, before its next message.
    """

    def __init__(self, names: Names, replies: list[Reply], completed: deque[ChildDown]) -> None:
        self._names = names
        self._replies = replies
        """The replies to answer; the supervisor may append to them, and answers those that came too late."""
        self._completed = completed
        """Read by the supervisor at each message: what an asker sends after the answer must not overtake the end."""

    def complete(self, down: ChildDown) -> None:
        """Remove the child's name, publish its end, and answer."""
        self._names.retire(down.child, down.generation, down.reason)
        self._names.publish("down", down.child, down.generation, down.words)
        self._completed.append(down)
        enter(current(), self._names.observers.call)
        answer_all(tuple(self._replies), down.generation)


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
        self.removal: Removal | None = None
        """Set once it was asked to stop for good."""
        self._right_to_publish = [True]

    def may_publish(self) -> bool:
        """Whether the caller is the first to ask, and publishes the end: the child's thread, or the supervisor."""
        with contextlib.suppress(IndexError):
            return self._right_to_publish.pop()  # atomic
        return False

    def started(self) -> None:
        """Report the start to the supervisor."""
        self._send(ChildStarted(self._spec.id, self._generation, self))

    def down(self, reason: BaseException | None) -> None:
        """Report the end to the supervisor, and log a failure."""
        down = ChildDown(self._spec.id, self._generation, self, reason, describe(reason))
        # An abandoned child may still end, by its fence: its supervisor has judged it, and publishes why.
        if self.removal is not None and not self.abandoned and self.may_publish():
            self.removal.complete(down)
        self._send(down)
        self.log(reason, down.words)

    def log(self, reason: BaseException | None, words: str) -> None:
        """Log the reason, unless it is expected or the child was abandoned."""
        if reason is not None and not self.abandoned and not self._spec.expects(reason):
            self._failures.log(reason, words, asked=self.asked)

    def _send(self, message: Control) -> None:
        try:
            self._supervisor.tell(message)
        except pykka.ActorDeadError:
            RELAY.log(log, logging.DEBUG, f"{self._spec.id}: its supervisor has ended")
