"""What a supervisor knows of a child before it starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from timmy_actors.supervision.backoff import Backoff

if TYPE_CHECKING:
    from timmy_actors.supervision.actor import Actor


class RestartType(Enum):
    """When a child that ended is started again."""

    PERMANENT = "permanent"
    """Always."""
    TRANSIENT = "transient"
    """When it failed, not when it stopped."""
    TEMPORARY = "temporary"
    """Never."""


@dataclass(frozen=True)
class ChildSpec:
    """How to start, restart and stop one child."""

    id: str
    """Its name in the directory: what everybody else calls it, whichever incarnation answers."""
    factory: Callable[[], Actor]
    """Makes a fresh actor. Runs in the supervisor's thread: what takes time belongs into `on_start`.

    What it raises is the child's failure.
    """
    restart: RestartType = RestartType.PERMANENT
    expected: tuple[type[BaseException], ...] = ()
    """Exit reasons that are part of life: they restart by backoff for ever and never count as a failure."""
    backoff: Backoff = field(default_factory=Backoff)
    shutdown_s: float = 5.0
    """A child that has not stopped after this is abandoned and reported."""
