"""The turn of an actor: the right to run its handlers, which a sender may take while the actor waits for a message."""

from __future__ import annotations

import math
import threading


class Turn:
    """A lock that the actor's own thread holds, except while it waits and nothing is queued for it.

    The own thread offers the turn before it waits. A queued message withdraws the offer: until the actor has handled
    it, later messages are queued behind it, so that messages of one sender stay in order.
    """

    __slots__ = ("_lock", "offered", "taken_by", "waits_until")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self.offered = False
        """Whether a sender may take it. Set by the own thread only; cleared by any."""
        self.waits_until = math.inf
        """When the own thread wakes by itself, in the seconds of its clock."""
        self.taken_by: int | None = None
        """The identifier of the sender's thread that has it."""

    def release(self) -> None:
        """Let senders take it: for the own thread, after it has offered it and found nothing queued."""
        self._lock.release()

    def take_back(self) -> None:
        """Wait for the sender that has it, and end the offer: for the own thread."""
        self.offered = False
        self._lock.acquire()

    def take(self) -> bool:
        """Take it for a sender; False if it is not offered, or another sender has it. It does not block."""
        if not self._lock.acquire(blocking=False):
            return False
        if self.offered:
            self.taken_by = threading.get_ident()
            return True
        self._lock.release()
        return False

    def give_back(self) -> None:
        """Give it back: for the sender that has it. It is still offered, unless a message was queued meanwhile."""
        self.taken_by = None
        self._lock.release()
