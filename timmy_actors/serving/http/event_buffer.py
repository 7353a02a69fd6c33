"""The last pushes with their ids, from which every event stream reads at its own pace. Pure."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from timmy_actors.perception import Happened

MAX_KEPT = 2_000
"""Pushes kept for clients that reconnect. Snapshots do not count much: of a player only the newest is kept."""


class Kept(NamedTuple):
    """A push with its number."""

    number: int
    happened: Happened


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
        self._dropped = 0
        """The highest number that was dropped for lack of room."""

    def add(self, happened: Happened, lost: int = 0) -> None:
        """Add a push; `lost` pushes before it were lost."""
        if lost:
            self.last += lost
            self._dropped = self.last
        self.last += 1
        if happened.snapshot is not None:
            self._kept.pop(self._snapshots.get(happened.snapshot.player, 0), None)
            self._snapshots[happened.snapshot.player] = self.last
        self._kept[self.last] = happened
        if len(self._kept) > self._most:
            self._drop_oldest()

    def after(self, number: int) -> Iterator[Kept]:
        """The kept pushes with a higher number, in order."""
        newer = []
        for kept in reversed(self._kept):
            if kept <= number:
                break
            newer.append(Kept(kept, self._kept[kept]))
        return reversed(newer)

    def missed(self, number: int) -> int:
        """The upper bound of how many pushes after this number can no longer be read."""
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

    def _drop_oldest(self) -> None:
        number, happened = self._kept.popitem(last=False)
        self._dropped = number
        if happened.snapshot is not None and self._snapshots.get(happened.snapshot.player) == number:
            del self._snapshots[happened.snapshot.player]
