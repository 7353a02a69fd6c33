"""The effects that a `SupervisorState` returns for execution, and the timeouts of waiting asks."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pykka._envelope import Envelope

from timmy_actors.supervision.clock import Clock
from timmy_actors.supervision.context import HandOver, enter
from timmy_actors.supervision.mailbox import Control, Mailbox
from timmy_actors.supervision.waiting import WaitingAsk, WaitingRoom

LINGER_S = 1.0
"""How long the thread stays without waiting asks, so that not every ask has to start a thread."""
GiveUp: TypeAlias = Callable[[WaitingAsk], None]


class _Check(Control):
    """Wakes the thread: an earlier timeout was added, or no ask waits."""


class AskTimeouts:
    """Expires waiting asks in a thread that runs only while asks wait, by the directory's clock."""

    def __init__(self, clock: Clock, waiting: WaitingRoom, give_up: GiveUp, hand_over: HandOver) -> None:
        self._clock = clock
        self._waiting = waiting
        self._give_up = give_up
        self._hand_over = hand_over
        self._lock = threading.RLock()
        # Weak references, so that an answered ask is not kept in memory until its timeout.
        self._dues: list[tuple[float, int, weakref.ref[WaitingAsk]]] = []
        self._order = itertools.count()
        self._mailbox: Mailbox | None = None
        self._checks_at = math.inf
        self._lingers = False

    def watch(self, ask: WaitingAsk) -> None:
        """Expire the ask at its timeout; repeated calls for the same ask are harmless."""
        if math.isinf(ask.until):
            return
        with self._lock:
            heapq.heappush(self._dues, (ask.until, next(self._order), weakref.ref(ask)))
            if self._mailbox is None:
                self._start()
            elif ask.until < self._checks_at:
                self._mailbox.put(Envelope(_Check()))

    def none_waiting(self) -> None:
        """Called when the last waiting ask was taken: in virtual time the thread then ends at once."""
        with self._lock:
            if self._mailbox is not None and self._clock.watches:
                self._mailbox.put(Envelope(_Check()))

    def _start(self) -> None:
        self._mailbox = mailbox = Mailbox()
        mailbox.clock = self._clock
        self._clock.join(mailbox)
        threading.Thread(target=self._run, args=(mailbox,), name="waiting asks", daemon=True).start()

    def _run(self, mailbox: Mailbox) -> None:
        enter(None, self._hand_over)
        try:
            while (due := self._next_check()) is not None:
                if math.isfinite(due):
                    mailbox.schedule("check", max(0.0, due - self._clock.now()), _Check())
                mailbox.get()
                self._expire()
        finally:
            self._clock.leave(mailbox)

    def _next_check(self) -> float | None:
        """When to check next; None if no ask waits, nor did at the last check."""
        with self._lock:
            now, idle = self._clock.now(), not self._waiting
            if idle and (self._lingers or self._clock.watches):
                self._dues.clear()
                self._lingers, self._mailbox = False, None
                return None
            self._lingers = idle
            due = self._dues[0][0] if self._dues else math.inf
            # Virtual time needs no checks in between: `none_waiting` reports when no ask is left.
            self._checks_at = due if self._clock.watches else min(due, now + LINGER_S)
            return self._checks_at

    def _expire(self) -> None:
        with self._lock:
            now = self._clock.now()
            expired = []
            while self._dues and (self._dues[0][0] <= now or self._dues[0][2]() is None):
                expired.append(heapq.heappop(self._dues)[2]())
        for ask in expired:
            if ask is not None:
                self._give_up(ask)


@dataclass(frozen=True)
class Launch:
    """Create a child's actor and start its thread."""

    child: str
    generation: int


@dataclass(frozen=True)
class Stop:
    """Ask a child to stop."""

    child: str


@dataclass(frozen=True)
class Abandon:
    """Abandon a child: a Python thread cannot be killed, so it is fenced and counted."""

    child: str
    why: str


@dataclass(frozen=True)
class Acknowledge:
    """Report to the parent that every child was started."""


@dataclass(frozen=True)
class Exit:
    """End the supervisor, whose children are all down. `reason` is None for a stop or completed work."""

    reason: BaseException | None


@dataclass(frozen=True)
class Started:
    """Notification: a child is up."""

    child: str
    generation: int


@dataclass(frozen=True)
class Ended:
    """Notification: an incarnation has ended."""

    child: str
    generation: int
    reason: BaseException | None
    words: str
    """The reason as text."""
    asked: bool
    """Whether it was asked to stop; with a reason, it failed while stopping."""


@dataclass(frozen=True)
class Restarting:
    """Notification: a child will restart after `delay_s`."""

    child: str
    delay_s: float


Effect = Launch | Stop | Abandon | Acknowledge | Exit | Started | Ended | Restarting
