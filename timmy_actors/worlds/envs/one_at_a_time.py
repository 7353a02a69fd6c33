"""Refuses a call of an environment while another one is running."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import gymnasium


class OneAtATime:
    """The calls of one environment; two threads may not make them at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running = ""

    @contextmanager
    def enter(self, call: str) -> Iterator[None]:
        """Make a call.

        Raises:
            gymnasium.error.AlreadyPendingCallError: another one has not ended; `name` says which.
        """
        if not self._lock.acquire(blocking=False):
            running = self._running
            raise gymnasium.error.AlreadyPendingCallError(f"{call}: {running} is still running: wait for it", running)
        self._running = call
        try:
            yield
        finally:
            self._lock.release()
