"""The last pushes with their ids, from which every event stream reads at its own pace. Pure."""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import NamedTuple

from timmy_actors.perception import Happened

MAX_KEPT = 2_000
"""Pushes kept for clients that reconnect. Snapshots do not count much: of a player only the newest is kept."""
MAX_GAPS = 64
"""Gaps told apart; of more, the two oldest become one."""


class Kept(NamedTuple):
    """A push with its number."""

    number: int
    happened: Happened
    lost: int = 0
    """How many pushes between the one before it and this one were lost."""


class Gap(NamedTuple):
    """Pushes that were lost before they came here."""

    last: int
    """The number of the last one."""
    length: int


class EventBuffer:
    """Numbers the pushes from 1. Of each player it keeps only the newest snapshot, as older ones say nothing more.

    An id is the number after the name of this buffer, so that an id of an earlier daemon is recognised.
    """

    def __init__(self, most: int = MAX_KEPT) -> None:
        self._most = most
        self._name = secrets.token_hex(4)
        self._kept: OrderedDict[int, Happened] = OrderedDict()
        self._snapshots: dict[str, int] = {}
        self.last = 0
        """The number of the newest push."""
        self._gaps: deque[Gap] = deque()
        self._dropped = 0
        """The highest number that was dropped for lack of room."""

    def add(self, happened: Happened, lost: int = 0) -> None:
        """Add a push; `lost` pushes before it were lost."""
        if lost:
            self.last += lost
            self._add_gap(Gap(self.last, lost))
        self.last += 1
        if happened.snapshot is not None:
            self._kept.pop(self._snapshots.get(happened.snapshot.player, 0), None)
            self._snapshots[happened.snapshot.player] = self.last
        self._kept[self.last] = happened
        if len(self._kept) > self._most:
            self._drop_oldest()

    def after(self, number: int) -> Iterator[Kept]:
        """The kept pushes with a higher number, in order."""
        newer = list(takewhile(lambda kept: kept > number, reversed(self._kept)))
        newer.reverse()
        pairs = pairwise((number, *newer))
        return iter([Kept(kept, self._kept[kept], self._lost(before, kept)) for before, kept in pairs])

    def missed(self, number: int) -> int:
        """The upper bound of how many pushes after this number were dropped for lack of room."""
        return max(0, self._dropped - number)

    def id_of(self, number: int) -> str:
        """The id of a push."""
        return f"{self._name}-{number}"

    def number_of(self, event_id: str) -> int | None:
        """The number in an id; None if it is not an id of this buffer."""
        name, _, number = event_id.partition("-")
        if name != self._name or not number.isascii() or not number.isdecimal() or len(number) > len(str(self.last)):
            return None
        return min(int(number), self.last)

    def _lost(self, after: int, before: int) -> int:
        return sum(gap.length for gap in self._gaps if after < gap.last < before)

    def _add_gap(self, gap: Gap) -> None:
        self._gaps.append(gap)
        if len(self._gaps) > MAX_GAPS:
            first, second = self._gaps.popleft(), self._gaps.popleft()
            self._gaps.appendleft(Gap(second.last, first.length + second.length))

    def _drop_oldest(self) -> None:
        number, happened = self._kept.popitem(last=False)
        self._dropped = number
        while self._gaps and self._gaps[0].last < number:
            self._gaps.popleft()
        if happened.snapshot is not None and self._snapshots.get(happened.snapshot.player) == number:
            del self._snapshots[happened.snapshot.player]
