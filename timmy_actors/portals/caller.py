"""The caller of an operation: when it disconnects, the operations that only it waits for are cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


class Caller:
    """Calls its callbacks once, when the caller leaves. Thread-safe.

    It has the context variables of where it was created: a trace goes on in the threads that work for the caller.
    """

    def __init__(self) -> None:
        self._context = copy_context()
        self._turn = threading.Lock()
        self._gone = False
        self._callbacks: list[Callable[[], object]] = []

    @property
    def gone(self) -> bool:
        """Whether the caller has left."""
        return self._gone

    def adopt_context(self) -> None:
        """Take the context variables of this thread or task."""
        self._context = copy_context()

    def run(self, work: Callable[[], T]) -> T:
        """Run `work` with the caller's context variables; what it schedules on an event loop has them too."""
        return self._context.copy().run(work)

    def leave(self) -> None:
        """Mark the caller as gone, and run the callbacks."""
        with self._turn:
            self._gone = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_leave(self, callback: Callable[[], object]) -> None:
        """Call `callback` when the caller leaves, in the thread that calls `leave`; at once if it has left."""
        with self._turn:
            if not self._gone:
                self._callbacks.append(callback)
                return
        callback()
