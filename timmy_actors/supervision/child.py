"""One child as its supervisor knows it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from timmy_actors.supervision.spec import ChildSpec, RestartType


class ChildState(Enum):
    """Where a child is in its life."""

    UNSTARTED = "not started yet"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    WAITING = "waiting to restart"
    DOWN = "down"

    __hash__ = object.__hash__  # each exists once: `Enum` would hash the name, in Python, at every look into a count


ALIVE = (ChildState.STARTING, ChildState.UP, ChildState.STOPPING)
RESTING = (ChildState.UNSTARTED, ChildState.DOWN)
"""Nothing runs, and nothing is going to run by itself."""

Numbering: TypeAlias = Callable[[str, int], int]
"""The number of a child's next incarnation, by its name and the number of the last one."""


@dataclass
class Child:
    """The plan's record of one child."""

    spec: ChildSpec
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """The number of its latest incarnation."""
    restarts: int = 0
    recent_restarts: int = 0
    """Restarts since it was last stable: what its backoff goes by."""
    launched_at: float = 0.0
    up_since: float | None = None
    """When its present incarnation acknowledged its start: the time it was stable begins there, not at its launch."""
    was_up: bool = False
    """Whether any incarnation ever did."""
    due: float = 0.0
    """In WAITING, when it may start; monotonic seconds."""
    words: str | None = None
    """Why its last incarnation ended; None when none has. In words only: the reason itself may hold on to anything."""
    added: bool = False
    """It was not declared with its supervisor but came later."""
    unwanted: bool = False
    """It is being stopped for good."""

    @property
    def id(self) -> str:
        """Its name."""
        return self.spec.id

    @property
    def start_by(self) -> float:
        """In STARTING, when patience ends."""
        return self.launched_at + (math.inf if self.spec.start_s is None else self.spec.start_s)

    @property
    def alive(self) -> bool:
        """Whether an incarnation of it runs, or may run."""
        return self.state in ALIVE

    @property
    def is_done_once(self) -> bool:
        """Whether it was started, and is not to be started a second time."""
        return self.spec.restart is RestartType.TEMPORARY and self.state is not ChildState.UNSTARTED

    @property
    def is_over(self) -> bool:
        """Whether nothing brings it back: a temporary one that ended."""
        return self.state is ChildState.DOWN and self.spec.restart is RestartType.TEMPORARY
