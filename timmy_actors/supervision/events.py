"""What happened in a tree, and those who observe it. An observer that fails is dropped and logged."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

from timmy_actors.supervision.checks import timeout
from timmy_actors.supervision.clock import Clock
from timmy_actors.supervision.mailbox import Mailbox

BACKLOG = 1_000
"""Events a subscriber may be behind; past it the oldest are dropped and counted."""
KEPT = 50
"""The latest events, for an exit report."""
EventKind = Literal["started", "down", "restarting", "gave up", "hung"]


@dataclass(frozen=True)
class SupervisionEvent:
    """Something that happened to an actor."""

    kind: EventKind
    name: str
    generation: int
    detail: str
    at: float
    """Monotonic seconds."""


class Subscription:
    """A bounded queue of events: iterate over it in a thread of your own, close it when through."""

    def __init__(self) -> None:
        self._events: SimpleQueue[SupervisionEvent | None] = SimpleQueue()
        self._putting = threading.RLock()  # reentrant: a signal handler may interrupt a put and put as well
        self._closed = False
        self.dropped = 0
        """Events lost because nobody read them in time."""

    def put(self, event: SupervisionEvent) -> None:
        """Hand in an event; never waits for the reader."""
        with self._putting:
            if self._closed:
                return
            if self._events.qsize() >= BACKLOG:
                self._drop_oldest()
            self._events.put(event)

    def get(self, timeout_s: float | None = None) -> SupervisionEvent | None:
        """The next event, or None when there was none in time or the subscription is closed."""
        try:
            event = self._events.get(timeout=timeout(timeout_s))
        except Empty:
            return None
        if event is None:
            self._events.put(None)  # closed: for the next reader as well
        return event

    def close(self) -> None:
        """Take no more events."""
        with self._putting:
            if not self._closed:
                self._closed = True
                self._events.put(None)

    def _drop_oldest(self) -> None:
        try:
            self._events.get_nowait()
        except Empty:
            return  # the reader was quicker
        self.dropped += 1

    def __iter__(self) -> Iterator[SupervisionEvent]:
        while (event := self.get()) is not None:
            yield event


class EventStream:
    """Where supervisors say what they did. No lock is held while anything is called or waited for."""

    def __init__(self) -> None:
        self._subscriptions: tuple[Subscription, ...] = ()
        self._recent: deque[SupervisionEvent] = deque(maxlen=KEPT)
        self._lock = threading.RLock()  # reentrant: a signal handler may look or subscribe as well

    @property
    def recent(self) -> tuple[SupervisionEvent, ...]:
        """The latest, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def subscribe(self) -> Subscription:
        """Receive everything from now on."""
        subscription = Subscription()
        with self._lock:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Receive nothing more."""
        with self._lock:
            self._subscriptions = tuple(other for other in self._subscriptions if other is not subscription)
        subscription.close()

    def publish(self, event: SupervisionEvent) -> None:
        """Hand it to every subscriber."""
        with self._lock:
            self._recent.append(event)
        for subscription in self._subscriptions:
            subscription.put(event)


class Observers:
    """A queue of calls, and a thread that lives as long as there is one to make."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[Callable[[], object]] = deque()
        self._lock = threading.RLock()
        self._running = False

    def call(self, call: Callable[[], object]) -> None:
        """Have it called soon, after those that were handed in before; it must not raise."""
        with self._lock:
            self._calls.append(call)
            if self._running:
                return
            self._running = True
        at_work = Mailbox()  # what a virtual clock knows of whoever is busy
        self._clock.join(at_work)
        threading.Thread(target=self._run, args=(at_work,), name="observers", daemon=True).start()

    def _run(self, at_work: Mailbox) -> None:
        try:
            while (call := self._next()) is not None:
                call()
        finally:
            self._clock.leave(at_work)

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._calls:
                return self._calls.popleft()
            self._running = False
            return None
