"""The clocks of actors: the monotonic clock, or in tests a virtual one (`testkit`)."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from timmy_actors.supervision.checks import timeout
from timmy_actors.supervision.protocols import AnswerLike, Letter, MailboxLike

T = TypeVar("T")


class Clock(Protocol):
    """Provides the time to mailboxes, replies and supervisors, and lets them wait."""

    watches: bool
    """Whether it must be notified of arrivals and waits, as a virtual clock must."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wait(self, mailbox: MailboxLike, timeout_s: float | None) -> Letter | None:
        """Wait for the mailbox's next arrival and return it, or None after `timeout_s`."""
        ...

    def wait_for_answer(self, answer: AnswerLike, timeout_s: float | None) -> bool:
        """Block this thread until there is an answer; False after `timeout_s` without one."""
        ...

    def join(self, mailbox: MailboxLike) -> None:
        """Register an actor that starts."""
        ...

    def leave(self, mailbox: MailboxLike) -> None:
        """Unregister an actor that has ended."""
        ...

    def arrived(self, mailbox: MailboxLike) -> None:
        """Report an arrival in the mailbox."""
        ...


class MonotonicClock:
    """The real clock."""

    watches = False

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wait(self, mailbox: MailboxLike, timeout_s: float | None) -> Letter | None:
        """Wait for the mailbox's next arrival and return it, or None after `timeout_s`."""
        return take(mailbox.arrivals, timeout_s)

    def wait_for_answer(self, answer: AnswerLike, timeout_s: float | None) -> bool:
        """Block this thread until there is an answer; False after `timeout_s` without one."""
        return answer.await_answer(timeout_s)

    def join(self, mailbox: MailboxLike) -> None:
        """No-op: real time needs no registration."""

    def leave(self, mailbox: MailboxLike) -> None:
        """No-op."""

    def arrived(self, mailbox: MailboxLike) -> None:
        """No-op."""


def take(queue: SimpleQueue[T], timeout_s: float | None) -> T | None:
    """Wait for the queue's next item; None after `timeout_s`."""
    if timeout_s is None:
        return queue.get()
    try:
        # Before Python 3.13 `get` can ignore its timeout: if the lock of an empty queue is free, it takes the lock,
        # calculates the time left anew, and waits for ever if none is left. Looking first takes the lock.
        return queue.get_nowait()
    except Empty:
        pass
    try:
        return queue.get(timeout=timeout(timeout_s))
    except Empty:
        return None


MONOTONIC = MonotonicClock()
