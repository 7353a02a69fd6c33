"""Who may have how much of what is bounded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable


class FairShare:
    """Admits a request while its client has fewer under way than there are places free.

    One client alone can have half of the places, two a third each: however many flood, somebody new finds one free
    (the dynamic threshold of Choudhury and Hahne, 1998).
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._under_way: Counter[Hashable] = Counter()

    def admit(self, client: Hashable) -> bool:
        """Take a place for `client`, if it may have one more."""
        if self._under_way[client] >= self._free:
            return False
        self._under_way[client] += 1
        self._free -= 1
        return True

    def leave(self, client: Hashable) -> None:
        """Give one of the client's places back."""
        self._free += 1
        self._under_way[client] -= 1
        if not self._under_way[client]:
            del self._under_way[client]
