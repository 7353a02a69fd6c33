"""The bounded queue of one watch: keeps only the newest snapshot of a player and counts what it drops. Pure."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from timmy_actors.perception.messages import Happened


class Numbered(NamedTuple):
    """A queued item with its sequence number and the number of items dropped before it."""

    seq: int
    left_out: int
    happened: Happened


class Backlog:
    """Numbers the items added, from 1; the numbers of the items taken show how many were dropped in between.

    It holds only the newest snapshot of each player. Beyond `most` items it drops the oldest: the newest always stays,
    so every loss becomes visible.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: OrderedDict[int, Happened] = OrderedDict()
        self._newest: dict[str, int] = {}
        """The sequence number of each player's queued snapshot."""
        self._last_added = self._last_taken = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, happened: Happened) -> bool:
        """Queue an item. Returns False if an item other than an older snapshot was dropped for it."""
        self._last_added += 1
        if happened.snapshot is not None:
            self._waiting.pop(self._newest.get(happened.snapshot.player, 0), None)
        had_room = len(self._waiting) < self._most
        if not had_room:
            self._pop_oldest()
        self._store(self._last_added, happened)
        return had_room

    def lose(self, count: int) -> None:
        """Count `count` lost items as dropped."""
        self._last_added += count

    def take(self) -> Numbered | None:
        """Remove and return the oldest item, or None if the queue is empty."""
        if not self._waiting:
            return None
        seq, happened = self._pop_oldest()
        left_out, self._last_taken = seq - self._last_taken - 1, seq
        return Numbered(seq, left_out, happened)

    def put_back(self, taken: Numbered) -> None:
        """Undo the last `take`. A newer snapshot of the same player, queued since then, replaces the item."""
        self._last_taken = taken.seq - taken.left_out - 1
        snapshot = taken.happened.snapshot
        if snapshot is not None and snapshot.player in self._newest:
            return
        self._store(taken.seq, taken.happened)
        self._waiting.move_to_end(taken.seq, last=False)

    def clear(self) -> None:
        """Remove all items."""
        self._waiting.clear()
        self._newest.clear()

    def _store(self, seq: int, happened: Happened) -> None:
        self._waiting[seq] = happened
        if happened.snapshot is not None:
            self._newest[happened.snapshot.player] = seq

    def _pop_oldest(self) -> tuple[int, Happened]:
        seq, happened = self._waiting.popitem(last=False)
        if happened.snapshot is not None and self._newest.get(happened.snapshot.player) == seq:
            del self._newest[happened.snapshot.player]
        return seq, happened
