"""Which actor this thread belongs to: for fences, and for finding out who waits for whom."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from timmy_actors.errors import Fenced

if TYPE_CHECKING:
    from timmy_actors.supervision.actor import Actor


class _Here(threading.local):
    # A default of the class: a miss of `getattr(threading.local(), "actor", None)` costs more than a tell.
    actor: Actor | None = None


_here = _Here()


def enter(actor: Actor) -> None:
    """From now on this thread is that actor's."""
    _here.actor = actor


def current() -> Actor | None:
    """The actor whose thread this is."""
    return _here.actor


def check_fence() -> None:
    """Let no abandoned actor have an effect: it was replaced, and what it still does is of the past.

    Raises:
        Fenced: this thread's actor was abandoned.
    """
    actor = _here.actor
    if actor is not None and actor.fenced:
        raise Fenced(f"{actor.name} was abandoned and replaced")
