"""Whether an actor still turns its loop, what a hung one was doing, and how many were abandoned."""

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

_looking = threading.Lock()


def stack_of(thread: threading.Thread | None) -> str:
    """The thread's stack as a traceback shows it, the innermost call last."""
    # A collection amid this lets other threads on, where it runs Python code. CPython below 3.12.1 holds its lock on
    # threads in `_current_frames`: if one of those starts a thread then, the process stands still for ever (gh-106883;
    # the storm showed it). And a frame whose thread goes on while it is made into an object is read after its end.
    with _no_collection():
        frame = None if thread is None else sys._current_frames().get(thread.ident or 0)  # noqa: SLF001  no other way
        return "".join(traceback.format_stack(frame)) if frame is not None else "a thread that has ended"


@contextmanager
def _no_collection() -> Iterator[None]:
    with _looking:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()


DEFAULT_LIMIT = 8
"""More than these and the process had better be started afresh: each holds a thread and whatever it was stuck on."""


class AbandonedActors:
    """The threads that were abandoned and still run."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        require(is_count(limit), "directory: orphan_limit", limit, "must be the number tolerated, 0 for none")
        self.limit = limit
        self.abandoned = 0
        """How many there have ever been."""
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def add(self, thread: threading.Thread) -> None:
        """One more."""
        with self._lock:
            self.abandoned += 1
            self._threads.append(thread)

    @property
    def alive(self) -> int:
        """How many still run; one that wakes up meets its fence and ends."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            return len(self._threads)

    @property
    def too_many(self) -> bool:
        """Whether there are more than the limit."""
        return self.alive > self.limit


BEATS_PER_PATIENCE = 4
"""How often a child is looked at within the time after which it counts as hung."""


class Watchdog:
    """Pings children, and remembers in their mailboxes since when the ping is unanswered."""

    def __init__(self) -> None:
        self._shortest = math.inf

    @property
    def period_s(self) -> float | None:
        """How often to look; None for never."""
        return None if math.isinf(self._shortest) else self._shortest / BEATS_PER_PATIENCE

    def consider(self, specs: Iterable[ChildSpec]) -> bool:
        """Take account of children; whether it has to look more often from now on."""
        before = self._shortest
        for spec in specs:
            if spec.hung_after_s is not None:
                self._shortest = min(self._shortest, spec.hung_after_s)
        return self._shortest < before

    def finds_hung(self, child: Child, mailbox: Mailbox, now: float) -> bool:
        """Whether the child's ping is unanswered for too long; pings it where none is."""
        patience_s = child.spec.hung_after_s
        if child.state is not ChildState.UP or patience_s is None:
            return False
        return is_hung(mailbox, patience_s, now)


def is_hung(mailbox: Mailbox, patience_s: float, now: float) -> bool:
    """Whether a ping has been unanswered for so long; pings the actor where none is."""
    if mailbox.pinged_at is not None:
        return now - mailbox.pinged_at >= patience_s
    mailbox.pinged_at = now
    mailbox.put(Envelope(Ping()))
    return False
