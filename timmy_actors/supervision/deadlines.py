"""Who is due when: the next one is known at once, however many there are."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator

FORGOTTEN = 64
"""Entries of a heap that may be out of date beside as many as are valid, before they are swept out."""


class Deadlines:
    """One due time a name; setting and clearing cost O(log n). Of those due at the same time the first set is first."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = itertools.count()

    def set(self, name: str, due: float) -> None:
        """Let a name be due then, instead of whenever it was; never, if that is infinitely far away."""
        self.clear(name)
        if due < math.inf:
            self._due[name] = due
            heapq.heappush(self._heap, (due, next(self._order), name))

    def clear(self, name: str) -> None:
        """Let a name not be due."""
        if self._due.pop(name, None) is not None and len(self._heap) > 2 * len(self._due) + FORGOTTEN:
            self._heap = [entry for entry in self._heap if self._due.get(entry[2]) == entry[0]]
            heapq.heapify(self._heap)

    @property
    def earliest(self) -> float:
        """When the next one is due; infinity for none."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self, now: float) -> Iterator[str]:
        """Each name that is due, cleared."""
        while self.earliest <= now:
            _, _, name = heapq.heappop(self._heap)
            del self._due[name]
            yield name
