"""What supervisors did, for whoever wants to know: on a subscription that cannot hurt them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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
        self._events: deque[SupervisionEvent] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self.dropped = 0
        """Events lost because nobody read them in time."""

    def put(self, event: SupervisionEvent) -> None:
        """Hand in an event; never waits for the reader."""
        with self._changed:
            if self._closed:
                return
            if len(self._events) >= BACKLOG:
                self._events.popleft()
                self.dropped += 1
            self._events.append(event)
            self._changed.notify()

    def get(self, timeout_s: float | None = None) -> SupervisionEvent | None:
        """The next event, or None when there was none in time or the subscription is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._events or self._closed, timeout_s)
            return self._events.popleft() if self._events else None

    def close(self) -> None:
        """Take no more events."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[SupervisionEvent]:
        while (event := self.get()) is not None:
            yield event


class EventStream:
    """Where supervisors say what they did."""

    def __init__(self) -> None:
        self._subscriptions: tuple[Subscription, ...] = ()
        self._recent: deque[SupervisionEvent] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    @property
    def recent(self) -> tuple[SupervisionEvent, ...]:
        """The latest, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def subscribe(self) -> Subscription:
        """Hear of everything from now on."""
        subscription = Subscription()
        with self._lock:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hear of nothing more."""
        with self._lock:
            self._subscriptions = tuple(other for other in self._subscriptions if other is not subscription)
        subscription.close()

    def publish(self, event: SupervisionEvent) -> None:
        """Tell everybody."""
        with self._lock:
            self._recent.append(event)
        for subscription in self._subscriptions:
            subscription.put(event)
