"""Whoever waits for an answer: once it is gone, what is done for its sake alone ends."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Caller:
    """Is there until it leaves, which is told once. Any thread may call."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._gone = False
        self._acts: list[Callable[[], object]] = []

    @property
    def gone(self) -> bool:
        """Whether it has left."""
        return self._gone

    def leave(self) -> None:
        """It waits no longer."""
        with self._turn:
            self._gone = True
            acts, self._acts = self._acts, []
        for act in acts:
            act()

    def on_leave(self, act: Callable[[], object]) -> None:
        """Have `act` called once it leaves, in whichever thread that is noticed; at once if it has."""
        with self._turn:
            if not self._gone:
                self._acts.append(act)
                return
        act()
