"""What waits for one who watches: bounded, snapshots collapsed to the newest, what is left out counted. Pure."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from timmy_actors.perception.messages import Happened


class Numbered(NamedTuple):
    """What happened, with its number and how many before it were left out."""

    seq: int
    left_out: int
    happened: Happened


class Backlog:
    """Numbers what is added, from 1 on; what is taken shows by its number what was left out in between.

    Of a player's snapshots only the newest waits. Beyond `most` the oldest is left out: the newest is always kept, so
    that no loss stays unseen.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: OrderedDict[int, Happened] = OrderedDict()
        self._newest: dict[str, int] = {}
        """The numbers of the snapshots that wait, by their players."""
        self._last_added = self._last_taken = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, happened: Happened) -> bool:
        """Have it wait; False where something else was left out for it, other than an older snapshot."""
        self._last_added += 1
        if happened.snapshot is not None:
            self._waiting.pop(self._newest.get(happened.snapshot.player, 0), None)
        had_room = len(self._waiting) < self._most
        if not had_room:
            self._pop_oldest()
        self._keep(self._last_added, happened)
        return had_room

    def lose(self, count: int) -> None:
        """So many things happened that nobody can tell of: they count as left out."""
        self._last_added += count

    def take(self) -> Numbered | None:
        """The oldest that waits."""
        if not self._waiting:
            return None
        seq, happened = self._pop_oldest()
        left_out, self._last_taken = seq - self._last_taken - 1, seq
        return Numbered(seq, left_out, happened)

    def put_back(self, taken: Numbered) -> None:
        """Undo the last `take`: it could not be handed on. A newer snapshot that came meanwhile replaces it."""
        self._last_taken = taken.seq - taken.left_out - 1
        snapshot = taken.happened.snapshot
        if snapshot is not None and snapshot.player in self._newest:
            return
        self._keep(taken.seq, taken.happened)
        self._waiting.move_to_end(taken.seq, last=False)

    def clear(self) -> None:
        """Let go of everything."""
        self._waiting.clear()
        self._newest.clear()

    def _keep(self, seq: int, happened: Happened) -> None:
        self._waiting[seq] = happened
        if happened.snapshot is not None:
            self._newest[happened.snapshot.player] = seq

    def _pop_oldest(self) -> tuple[int, Happened]:
        seq, happened = self._waiting.popitem(last=False)
        if happened.snapshot is not None and self._newest.get(happened.snapshot.player) == seq:
            del self._newest[happened.snapshot.player]
        return seq, happened
