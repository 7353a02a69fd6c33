"""The turn of an actor: the right to run its handlers, which a sender may take while the actor waits for a message."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable


class Turn:
    """Who may run the actor's handlers: its own thread, or a sender to which that offered it while it waits.

    The own thread offers the turn before it waits. A queued message withdraws the offer: until the actor has handled
    it, later messages are queued behind it, so that messages of one sender stay in order.

    Ctrl-C may interrupt a sender between any two calls. So one attribute says who has the turn, and its lock is only
    held in `with`, which no interruption leaves without releasing it.
    """

    __slots__ = ("_gate", "_is_awaited", "_returned", "offered", "taken_by", "waits_until")

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._returned = threading.Condition(self._gate)
        self._is_awaited = False
        self.offered = False
        """Whether a sender may take it. Set by the own thread only; cleared by any."""
        self.waits_until = math.inf
        """When the own thread wakes by itself, in the seconds of its clock."""
        self.taken_by: int | None = None
        """The identifier of the sender's thread that has it."""

    def offer(self, is_idle: Callable[[], bool]) -> bool:
        """Offer it to senders unless a message is queued (`is_idle()` is False); False then. For the own thread."""
        with self._gate:
            # A sender queues before it withdraws the offer, so that it withdraws this one, or its message is seen here.
            self.offered = True
            if not is_idle():
                self.offered = False
            return self.offered

    def take_back(self) -> None:
        """End the offer, and wait for the sender that has it: for the own thread."""
        with self._gate:
            self.offered = False
            self._is_awaited = self.taken_by is not None
            while self.taken_by is not None:
                self._returned.wait()
            self._is_awaited = False

    def take(self) -> bool:
        """Take it for a sender; False if it is not offered, or a sender has it. It does not wait for another turn."""
        with self._gate:
            if self.offered and self.taken_by is None:
                self.taken_by = threading.get_ident()
                return True
            return False

    def give_back(self) -> None:
        """Give it back, if this thread has it. It is still offered, unless a message was queued meanwhile."""
        with self._gate:
            if self.taken_by == threading.get_ident():
                if self._is_awaited:
                    self._returned.notify()
                self.taken_by = None
