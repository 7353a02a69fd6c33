"""Which actor this thread belongs to: for fences, and for finding out who waits for whom."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

from timmy_actors.errors import FencedError
from timmy_actors.supervision.protocols import ActorLike

HandOver: TypeAlias = Callable[[Callable[[], object]], None]
"""Has something called in another thread."""


class _Here(threading.local):
    # A default of the class: a miss of `getattr(threading.local(), "actor", None)` costs more than a tell.
    actor: ActorLike | None = None
    hand_over: HandOver | None = None


_here = _Here()


def enter(actor: ActorLike | None, hand_over: HandOver | None = None) -> None:
    """From now on this thread is that actor's; observers are called through `hand_over`, where it is given."""
    _here.actor, _here.hand_over = actor, hand_over


def current() -> ActorLike | None:
    """The actor whose thread this is."""
    return _here.actor


def call_observer(call: Callable[[], object]) -> None:
    """Call somebody's callback: here, or outside where this thread must not wait (a supervisor's)."""
    if _here.hand_over is None:
        call()
    else:
        _here.hand_over(call)


def check_fence() -> None:
    """Let no abandoned actor have an effect: it was replaced, and what it still does is of the past.

    It knows an actor by its thread. A thread that the actor started itself is not fenced.

    Raises:
        FencedError: this thread's actor was abandoned.
    """
    actor = _here.actor
    if actor is not None and actor.actor_fenced:
        raise FencedError(f"{actor.actor_name} was abandoned and replaced")
