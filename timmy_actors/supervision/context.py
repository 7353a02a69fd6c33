"""The actor of the current thread: for fences, and for detecting call cycles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeAlias

from timmy_actors.errors import FencedError
from timmy_actors.supervision.protocols import ActorLike

HandOver: TypeAlias = Callable[[Callable[[], object]], None]
"""Runs a call in another thread."""


class _Context(threading.local):
    # Class attributes as defaults: a failing `getattr(threading.local(), "actor", None)` costs more than a tell.
    actor: ActorLike | None = None
    hand_over: HandOver | None = None


_context = _Context()


def enter(actor: ActorLike | None, hand_over: HandOver | None = None) -> None:
    """Mark this thread as the actor's; its observers are called through `hand_over`, if set."""
    _context.actor, _context.hand_over = actor, hand_over


def stand_in(actor: ActorLike | None) -> None:
    """Mark this thread as the actor's for one message."""
    _context.actor = actor


def must_not_block() -> bool:
    """Whether this thread is a supervisor's."""
    return _context.hand_over is not None


def current() -> ActorLike | None:
    """The actor of this thread, or None."""
    return _context.actor


def call_observer(call: Callable[[], object]) -> None:
    """Call a foreign callback in this thread, or through `hand_over` if this thread must not block (a supervisor's)."""
    if _context.hand_over is None:
        call()
    else:
        _context.hand_over(call)


def check_fence() -> None:
    """Keep an abandoned actor, which has been replaced, from any further effect.

    An actor is identified by its thread. A thread that the actor started itself is not fenced.

    Raises:
        FencedError: this thread's actor was abandoned.
    """
    actor = _context.actor
    if actor is not None and actor.actor_fenced:
        raise FencedError(f"{actor.actor_name} was abandoned and replaced")
