"""What a plan wants done: the supervisor carries these out, in order."""

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
"""How often it looks whether anybody waits. A thread that ended at once would have to be started for the next ask."""
GiveUp: TypeAlias = Callable[[WaitingAsk], None]


class _Look(Control):
    """Look again: one is due earlier."""


class Keeper:
    """A thread that lives while asks wait, in the directory's time."""

    def __init__(self, clock: Clock, waiting: WaitingRoom, give_up: GiveUp, hand_over: HandOver) -> None:
        self._clock = clock
        self._waiting = waiting
        self._give_up = give_up
        self._hand_over = hand_over
        self._lock = threading.RLock()
        # Weakly: an ask that was answered meanwhile must not be kept in memory for as long as it might have waited.
        self._dues: list[tuple[float, int, weakref.ref[WaitingAsk]]] = []
        self._order = itertools.count()
        self._mailbox: Mailbox | None = None
        self._looks_at = math.inf
        self._lingers = False

    def watch(self, ask: WaitingAsk) -> None:
        """Give it up when its time comes; called again for the same ask it does no harm."""
        if math.isinf(ask.until):
            return
        with self._lock:
            heapq.heappush(self._dues, (ask.until, next(self._order), weakref.ref(ask)))
            if self._mailbox is None:
                self._start()
            elif ask.until < self._looks_at:
                self._mailbox.put(Envelope(_Look()))

    def nobody_waits(self) -> None:
        """The last one that waited was taken: in virtual time its thread has nothing to stay for."""
        with self._lock:
            if self._mailbox is not None and self._clock.watches:
                self._mailbox.put(Envelope(_Look()))

    def _start(self) -> None:
        self._mailbox = mailbox = Mailbox()
        mailbox.clock = self._clock
        self._clock.join(mailbox)
        threading.Thread(target=self._run, args=(mailbox,), name="waiting asks", daemon=True).start()

    def _run(self, mailbox: Mailbox) -> None:
        enter(None, self._hand_over)
        try:
            while (due := self._next_look()) is not None:
                if math.isfinite(due):
                    mailbox.schedule("look", max(0.0, due - self._clock.now()), _Look())
                mailbox.get()
                self._look()
        finally:
            self._clock.leave(mailbox)

    def _next_look(self) -> float | None:
        """When to look next; None when nobody waits, and nobody did the last time either."""
        with self._lock:
            now, nobody = self._clock.now(), not self._waiting
            if nobody and (self._lingers or self._clock.watches):
                self._dues.clear()
                self._lingers, self._mailbox = False, None
                return None
            self._lingers = nobody
            due = self._dues[0][0] if self._dues else math.inf
            # Virtual time has no use for looks in between: `nobody_waits` says when there is nothing left.
            self._looks_at = due if self._clock.watches else min(due, now + LINGER_S)
            return self._looks_at

    def _look(self) -> None:
        with self._lock:
            now = self._clock.now()
            over = []
            while self._dues and (self._dues[0][0] <= now or self._dues[0][2]() is None):
                over.append(heapq.heappop(self._dues)[2]())
        for ask in over:
            if ask is not None:
                self._give_up(ask)


@dataclass(frozen=True)
class Launch:
    """Make a child's actor and start its thread."""

    child: str
    generation: int


@dataclass(frozen=True)
class Stop:
    """Ask a child to stop."""

    child: str


@dataclass(frozen=True)
class Abandon:
    """Give a child up: there is no kill in Python, so it is fenced, counted and left behind."""

    child: str
    why: str


@dataclass(frozen=True)
class Acknowledge:
    """Tell the parent that every child was started."""


@dataclass(frozen=True)
class Exit:
    """End the supervisor: every child is down. None means it stopped as it was asked to, or its work is done."""

    reason: BaseException | None


@dataclass(frozen=True)
class Started:
    """Notice: a child is up."""

    child: str
    generation: int


@dataclass(frozen=True)
class Ended:
    """Notice: an incarnation has ended."""

    child: str
    generation: int
    reason: BaseException | None
    words: str
    """The reason in words."""
    asked: bool
    """Whether it was asked to stop; a reason all the same is a failure in stopping."""


@dataclass(frozen=True)
class Restarting:
    """Notice: a child will be started again after `delay_s`."""

    child: str
    delay_s: float


Effect = Launch | Stop | Abandon | Acknowledge | Exit | Started | Ended | Restarting
