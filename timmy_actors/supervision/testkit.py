"""Test kit for supervised actors: virtual time, waiting until all actors are idle, and faults by name.

```python
clock = VirtualClock()
directory = Directory(clock=clock)
Supervisor([ChildSpec("worker", Worker)], directory).launch()
clock.settle()                                       # every actor is idle
fail(directory, "worker", ValueError("on purpose"))
clock.advance(10)                                    # ten seconds of timers, backoff and watchdogs
directory.ask("worker", "?", timeout_s=60).wait()    # an answer, or AskTimeoutError at 60 virtual seconds
```
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty
from typing import cast

from timmy_actors.supervision.context import current
from timmy_actors.supervision.control import Fault
from timmy_actors.supervision.directory import Directory
from timmy_actors.supervision.mailbox import Mailbox
from timmy_actors.supervision.protocols import AnswerLike, Letter, MailboxLike

SETTLE_WITHIN_S = 30.0
"""Real seconds; an actor that is busy for longer is stuck, and the test fails."""


@dataclass
class _Waiter:
    wake: threading.Condition
    idle: bool = False
    stuck: bool = False
    due: float | None = None
    answer: AnswerLike | None = None
    """The answer for which a handler of its actor waits."""


@dataclass
class VirtualClock:
    """Time that changes only by `advance`. Actors that use it run in their own threads as usual."""

    watches = True

    time: float = 0.0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _waiters: dict[int, _Waiter] = field(default_factory=dict)
    _mailboxes: dict[int, MailboxLike] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._changed = threading.Condition(self._lock)

    # For the test.

    def settle(self) -> None:
        """Wait until every actor waits for a message or for time to pass, or hangs by `hang`.

        Raises:
            TimeoutError: an actor was busy for half a minute of real time.
        """
        with self._changed:
            if not self._changed.wait_for(self._is_idle, SETTLE_WITHIN_S):
                raise TimeoutError(f"still busy after {SETTLE_WITHIN_S:g} s: {', '.join(self._busy())}")

    def advance(self, seconds: float) -> None:
        """Advance the time in steps: each due timer fires at its time and is handled before the next."""
        until = self.time + seconds
        self.settle()
        while (due := self._next_due()) is not None and due <= until:
            self._move_to(due)
            self.settle()
        self.time = until

    # For the actors.

    def now(self) -> float:
        """Virtual seconds."""
        return self.time

    def join(self, mailbox: MailboxLike) -> None:
        """Register an actor that starts."""
        with self._lock:
            self._waiters[id(mailbox)] = _Waiter(threading.Condition(self._lock))
            self._mailboxes[id(mailbox)] = mailbox

    def leave(self, mailbox: MailboxLike) -> None:
        """Unregister an actor that has ended."""
        with self._changed:
            self._waiters.pop(id(mailbox), None)
            self._mailboxes.pop(id(mailbox), None)
            self._changed.notify_all()

    def arrived(self, mailbox: MailboxLike) -> None:
        """Report an arrival in the mailbox."""
        with self._lock:
            waiter = self._waiters.get(id(mailbox))
            if waiter is not None:
                waiter.wake.notify_all()

    def wait(self, mailbox: MailboxLike, timeout_s: float | None) -> Letter | None:
        """Wait for the mailbox's next arrival and return it, or None after `timeout_s` virtual seconds."""
        with self._changed:
            waiter = self._waiters[id(mailbox)]
            waiter.due = None if timeout_s is None else self.time + timeout_s
            waiter.idle = True
            self._changed.notify_all()
            waiter.wake.wait_for(lambda: not mailbox.arrivals.empty() or _is_due(waiter, self.time))
            waiter.idle = False
            with contextlib.suppress(Empty):  # a sender that makes room may have taken it
                return mailbox.arrivals.get_nowait()
            return None

    def wait_for_answer(self, answer: AnswerLike, timeout_s: float | None) -> bool:
        """Wait for an answer; False after `timeout_s` virtual seconds without one.

        A waiting actor counts as idle. Any other thread, such as a test's, advances the time itself.
        """
        answer.wake_on_answer(self._notify_all)
        actor = current()
        waiter = self._waiters.get(id(actor.mailbox)) if actor is not None else None
        if waiter is not None:
            return self._wait_as_actor(waiter, answer, timeout_s)
        return answer.await_answer(None) if timeout_s is None else self._wait_outside(answer, self.time + timeout_s)

    def _wait_as_actor(self, waiter: _Waiter, answer: AnswerLike, timeout_s: float | None) -> bool:
        with self._changed:
            waiter.due = None if timeout_s is None else self.time + timeout_s
            waiter.idle, waiter.answer = True, answer
            self._changed.notify_all()
            self._changed.wait_for(lambda: answer.done or _is_due(waiter, self.time))
            waiter.idle, waiter.answer, waiter.due = False, None, None
        return answer.done

    def _wait_outside(self, answer: AnswerLike, until: float) -> bool:
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: answer.done or self._is_idle(), SETTLE_WITHIN_S):
                    raise TimeoutError(f"still busy after {SETTLE_WITHIN_S:g} s: {', '.join(self._busy())}")
            if answer.done or self.time >= until:
                return answer.done
            due = self._next_due()
            self._move_to(until if due is None else min(due, until))

    def _notify_all(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def hanging(self, mailbox: MailboxLike, *, stuck: bool) -> None:
        """Set whether an actor hangs on purpose, so that `settle` does not wait for it."""
        with self._changed:
            waiter = self._waiters.get(id(mailbox))
            if waiter is not None:
                waiter.stuck = stuck
            self._changed.notify_all()

    def _is_idle(self) -> bool:
        return not self._busy()

    def _busy(self) -> list[str]:
        return [
            mailbox.owner.actor_name if mailbox.owner is not None else "?"
            for key, mailbox in self._mailboxes.items()
            if not self._is_waiting(self._waiters[key], mailbox)
        ]

    def _is_waiting(self, waiter: _Waiter, mailbox: MailboxLike) -> bool:
        awaited = mailbox.arrivals.empty() if waiter.answer is None else not waiter.answer.done
        return waiter.stuck or (waiter.idle and awaited and not _is_due(waiter, self.time))

    def _next_due(self) -> float | None:
        with self._lock:
            dues = [waiter.due for waiter in self._waiters.values() if waiter.idle and waiter.due is not None]
            return min(dues, default=None)

    def _move_to(self, due: float) -> None:
        with self._lock:
            self.time = max(self.time, due)
            for waiter in self._waiters.values():
                if _is_due(waiter, self.time):
                    waiter.wake.notify_all()
            self._changed.notify_all()


def fail(directory: Directory, name: str, error: BaseException) -> None:
    """Make an actor fail with `error` in its own loop."""

    def strike() -> None:
        raise error

    directory.ref(name).tell(Fault(strike))


def hang(directory: Directory, name: str) -> Callable[[], None]:
    """Make an actor hang; the returned function ends the hang."""
    mailbox, released = cast(Mailbox, directory.ref(name).actor_inbox), threading.Event()

    def strike() -> None:
        stuck(is_stuck=True)
        released.wait()

    def stuck(*, is_stuck: bool) -> None:
        if isinstance(directory.clock, VirtualClock):
            directory.clock.hanging(mailbox, stuck=is_stuck)

    def release() -> None:
        stuck(is_stuck=False)  # before it wakes, so that the next `settle` waits for it
        released.set()

    directory.ref(name).tell(Fault(strike))
    return release


def _is_due(waiter: _Waiter, now: float) -> bool:
    return waiter.due is not None and waiter.due <= now
