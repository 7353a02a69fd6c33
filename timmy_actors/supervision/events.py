"""Supervision events with their subscribers, and the thread that calls observers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal

from timmy_actors.supervision.clock import Clock, take
from timmy_actors.supervision.mailbox import Mailbox

BACKLOG = 1_000
"""The length of a subscriber's queue; beyond it the oldest events are dropped and counted."""
RECENT_LIMIT = 200
"""The number of latest events stored for a report of a crash."""
EventKind = Literal["started", "down", "restarting", "gave up", "hung"]


@dataclass(frozen=True)
class SupervisionEvent:
    """A change of an actor's state."""

    kind: EventKind
    name: str
    generation: int
    detail: str
    at: float
    """Monotonic seconds."""


class Subscription:
    """A bounded queue of events: iterate over it in your own thread, and close it at the end."""

    def __init__(self) -> None:
        self._events: SimpleQueue[SupervisionEvent | None] = SimpleQueue()
        self._putting = threading.RLock()  # reentrant: a signal handler may call `put` during a `put`
        self._closed = False
        self.dropped = 0
        """The number of events dropped because the queue was full."""

    def put(self, event: SupervisionEvent) -> None:
        """Queue an event without waiting for the reader."""
        with self._putting:
            if self._closed:
                return
            if self._events.qsize() >= BACKLOG:
                self._drop_oldest()
            self._events.put(event)

    def get(self, timeout_s: float | None = None) -> SupervisionEvent | None:
        """Wait for the next event; None after `timeout_s`, or if the subscription is closed."""
        event = take(self._events, timeout_s)
        if event is None and self._closed:
            self._events.put(None)  # the marker of a closed subscription, for other readers
        return event

    def close(self) -> None:
        """Accept no more events."""
        with self._putting:
            if not self._closed:
                self._closed = True
                self._events.put(None)

    def _drop_oldest(self) -> None:
        try:
            self._events.get_nowait()
        except Empty:
            return  # the reader has just emptied the queue
        self.dropped += 1

    def __iter__(self) -> Iterator[SupervisionEvent]:
        while (event := self.get()) is not None:
            yield event


class EventStream:
    """Publishes supervision events to subscriptions. It holds no lock while it calls or waits."""

    def __init__(self) -> None:
        self._subscriptions: tuple[Subscription, ...] = ()
        self._recent: deque[SupervisionEvent] = deque(maxlen=RECENT_LIMIT)
        self._lock = threading.RLock()  # reentrant: a signal handler may use the stream too

    @property
    def recent(self) -> tuple[SupervisionEvent, ...]:
        """The latest, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def subscribe(self) -> Subscription:
        """Subscribe to all events from now on."""
        subscription = Subscription()
        with self._lock:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription."""
        with self._lock:
            self._subscriptions = tuple(other for other in self._subscriptions if other is not subscription)
        subscription.close()

    def publish(self, event: SupervisionEvent) -> None:
        """Queue an event for every subscriber."""
        with self._lock:
            self._recent.append(event)
        for subscription in self._subscriptions:
            subscription.put(event)


class Observers:
    """Runs calls one after the other, in a thread that runs only while calls are queued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: deque[Callable[[], object]] = deque()
        self._lock = threading.RLock()
        self._running = False

    def call(self, call: Callable[[], object]) -> None:
        """Queue a call, which must not raise."""
        with self._lock:
            self._calls.append(call)
            if self._running:
                return
            self._running = True
        busy = Mailbox()  # registers the thread as busy with a virtual clock
        self._clock.join(busy)
        threading.Thread(target=self._run, args=(busy,), name="observers", daemon=True).start()

    def _run(self, busy: Mailbox) -> None:
        try:
            while (call := self._next()) is not None:
                call()
        finally:
            self._clock.leave(busy)

    def _next(self) -> Callable[[], object] | None:
        with self._lock:
            if self._calls:
                return self._calls.popleft()
            self._running = False
            return None
