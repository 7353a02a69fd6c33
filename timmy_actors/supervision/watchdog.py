"""Detects hung actors, reads their stacks, and counts the abandoned ones."""

from __future__ import annotations

import gc
import math
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pykka._envelope import Envelope

from timmy_actors.supervision.checks import is_count, require
from timmy_actors.supervision.control import Ping
from timmy_actors.supervision.mailbox import Mailbox
from timmy_actors.supervision.roster import Child, ChildState
from timmy_actors.supervision.spec import ChildSpec

_reading = threading.Lock()


def stack_of(thread: threading.Thread | int | None) -> str:
    """The stack of a thread, or of the one with this identifier, like a traceback: the innermost call last."""
    # Garbage collection must not run here, because it lets other threads run. CPython below 3.12.1 holds its thread
    # lock in `_current_frames`: if another thread then starts a thread, the process deadlocks (gh-106883; found by the
    # storm test). In addition, a frame whose thread continues would be read after its end.
    with _no_collection():
        ident = thread.ident if isinstance(thread, threading.Thread) else thread
        frame = sys._current_frames().get(ident or 0)  # noqa: SLF001  there is no public API
        return "".join(traceback.format_stack(frame)) if frame is not None else "a thread that has ended"


@contextmanager
def _no_collection() -> Iterator[None]:
    with _reading:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


DEFAULT_LIMIT = 8
"""With more abandoned actors the process should restart: each holds a thread and the resources it is stuck on."""


class AbandonedActors:
    """The abandoned threads that still run."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        require(
            is_count(limit), "directory: orphan_limit", limit, "must be 0 or more: the number of hung actors tolerated"
        )
        self.limit = limit
        self.abandoned = 0
        """The number of abandoned actors since the start."""
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def add(self, thread: threading.Thread) -> None:
        """Add a thread."""
        with self._lock:
            self.abandoned += 1
            self._threads.append(thread)

    @property
    def alive(self) -> int:
        """The number of threads that still run; one that wakes up ends at its fence."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return len(self._threads)

    @property
    def too_many(self) -> bool:
        """Whether more than the limit still run."""
        return self.alive > self.limit


BEATS_PER_PATIENCE = 4
"""How often a child is checked within its `hung_after_s`."""


class Watchdog:
    """Pings children and records in their mailboxes since when a ping is unanswered."""

    def __init__(self) -> None:
        self._shortest = math.inf

    @property
    def period_s(self) -> float | None:
        """The period of the checks; None if no child needs them."""
        return None if math.isinf(self._shortest) else self._shortest / BEATS_PER_PATIENCE

    def consider(self, specs: Iterable[ChildSpec]) -> bool:
        """Include children in the period; True if it becomes shorter."""
        before = self._shortest
        for spec in specs:
            if spec.hung_after_s is not None:
                self._shortest = min(self._shortest, spec.hung_after_s)
        return self._shortest < before

    def finds_hung(self, child: Child, mailbox: Mailbox, now: float) -> bool:
        """Whether the child's ping has been unanswered for too long; pings it if no ping is pending."""
        patience_s = child.spec.hung_after_s
        if child.state is not ChildState.UP or patience_s is None:
            return False
        return is_hung(mailbox, patience_s, now)


def is_hung(mailbox: Mailbox, patience_s: float, now: float) -> bool:
    """Whether a ping has been unanswered for `patience_s`; pings the actor if no ping is pending."""
    if mailbox.pinged_at is not None:
        return now - mailbox.pinged_at >= patience_s
    mailbox.pinged_at = now
    mailbox.put(Envelope(Ping()))
    return False
