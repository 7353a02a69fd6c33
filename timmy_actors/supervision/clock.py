"""Where actors have the time from: the monotonic clock, or in tests one that a test moves (`testkit`)."""

from __future__ import annotations

import threading
import time
from queue import Empty
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from timmy_actors.supervision.mailbox import Letter, Mailbox


class Clock(Protocol):
    """Time for mailboxes and supervisors, and how a mailbox waits in it."""

    watches: bool
    """Whether it wants to hear of arrivals."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wait(self, mailbox: Mailbox, timeout_s: float | None) -> Letter | None:
        """The mailbox's next arrival, or None when `timeout_s` has passed without one."""
        ...

    def join(self, mailbox: Mailbox) -> None:
        """An actor begins."""
        ...

    def leave(self, mailbox: Mailbox) -> None:
        """An actor has ended."""
        ...

    def arrived(self, mailbox: Mailbox) -> None:
        """Something was put into the mailbox."""
        ...


class MonotonicClock:
    """The real one."""

    watches = False

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wait(self, mailbox: Mailbox, timeout_s: float | None) -> Letter | None:
        """The mailbox's next arrival, or None when `timeout_s` has passed without one."""
        try:
            # For ever may be longer than the system can wait; the mailbox comes back.
            return mailbox.arrivals.get(timeout=None if timeout_s is None else min(timeout_s, threading.TIMEOUT_MAX))
        except Empty:
            return None

    def join(self, mailbox: Mailbox) -> None:
        """Nothing to do: it goes by itself."""

    def leave(self, mailbox: Mailbox) -> None:
        """Nothing to do."""

    def arrived(self, mailbox: Mailbox) -> None:
        """Nothing to do."""


MONOTONIC = MonotonicClock()
