"""What a supervisor hears: its children's lives, and its own timers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pykka

from timmy_actors.supervision.actor import Lifecycle
from timmy_actors.supervision.mailbox import Control

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


class Tick(Control):
    """The plan's next due time has come."""


class Beat(Control):
    """Time to see whether the children's loops turn."""


class Report(Lifecycle):
    """A child's lifecycle, told to its supervisor."""

    logs_failures = True

    def __init__(self, supervisor: pykka.ActorRef[Any], child: str, generation: int) -> None:
        self._supervisor = supervisor
        self._child = child
        self._generation = generation

    def started(self) -> None:
        """Tell it."""
        self._tell(ChildStarted(self._child, self._generation, self))

    def down(self, reason: BaseException | None) -> None:
        """Tell it."""
        self._tell(ChildDown(self._child, self._generation, self, reason))

    def _tell(self, message: Control) -> None:
        try:
            self._supervisor.tell(message)
        except pykka.ActorDeadError:
            log.debug("%s: its supervisor is gone", self._child)
