"""Calls into code that only looks on (monitors, callbacks), made outside the supervisors' threads.

Whoever is called may block: then the observers behind it wait, and no supervisor does.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from timmy_actors.supervision.clock import Clock
from timmy_actors.supervision.mailbox import Mailbox


class Observers:
    """A queue of calls, and a thread that lives as long as there is one to make."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[Callable[[], object]] = deque()
        self._lock = threading.RLock()
        self._running = False

    def call(self, call: Callable[[], object]) -> None:
        """Have it called soon, after those that were handed in before; it must not raise."""
        with self._lock:
            self._calls.append(call)
            if self._running:
                return
            self._running = True
        at_work = Mailbox()  # what a virtual clock knows of whoever is busy
        self._clock.join(at_work)
        threading.Thread(target=self._run, args=(at_work,), name="observers", daemon=True).start()

    def _run(self, at_work: Mailbox) -> None:
        try:
            while (call := self._next()) is not None:
                call()
        finally:
            self._clock.leave(at_work)

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._calls:
                return self._calls.popleft()
            self._running = False
            return None
