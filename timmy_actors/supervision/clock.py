"""Where actors have the time from: the monotonic clock, or in tests one that a test moves (`testkit`)."""

from __future__ import annotations

import time
from queue import Empty
from typing import Protocol

from timmy_actors.supervision.checks import timeout
from timmy_actors.supervision.protocols import AnswerLike, Letter, MailboxLike


class Clock(Protocol):
    """Time for mailboxes, replies and supervisors, and how they wait in it."""

    watches: bool
    """Whether it has to know of arrivals and of waits: time that a test moves."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wait(self, mailbox: MailboxLike, timeout_s: float | None) -> Letter | None:
        """The mailbox's next arrival, or None when `timeout_s` has passed without one."""
        ...

    def wait_for_answer(self, answer: AnswerLike, timeout_s: float | None) -> bool:
        """Wait in this thread for an answer; False when `timeout_s` has passed without one."""
        ...

    def join(self, mailbox: MailboxLike) -> None:
        """An actor begins."""
        ...

    def leave(self, mailbox: MailboxLike) -> None:
        """An actor has ended."""
        ...

    def arrived(self, mailbox: MailboxLike) -> None:
        """Something was put into the mailbox."""
        ...


class MonotonicClock:
    """The real one."""

    watches = False

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wait(self, mailbox: MailboxLike, timeout_s: float | None) -> Letter | None:
        """The mailbox's next arrival, or None when `timeout_s` has passed without one."""
        try:
            return mailbox.arrivals.get(timeout=timeout(timeout_s))
        except Empty:
            return None

    def wait_for_answer(self, answer: AnswerLike, timeout_s: float | None) -> bool:
        """Wait in this thread for an answer; False when `timeout_s` has passed without one."""
        return answer.await_answer(timeout_s)

    def join(self, mailbox: MailboxLike) -> None:
        """Nothing to do: it goes by itself."""

    def leave(self, mailbox: MailboxLike) -> None:
        """Nothing to do."""

    def arrived(self, mailbox: MailboxLike) -> None:
        """Nothing to do."""


MONOTONIC = MonotonicClock()
