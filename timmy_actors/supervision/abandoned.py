"""Hung actors that were left behind: Python cannot kill a thread, so they are counted."""

from __future__ import annotations

import threading

from timmy_actors.supervision.checks import is_count, require

DEFAULT_LIMIT = 8
"""More than these and the process had better be started afresh: each holds a thread and whatever it was stuck on."""


class Orphans:
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
