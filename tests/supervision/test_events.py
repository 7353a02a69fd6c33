from __future__ import annotations

import threading

from tests.waiting import PATIENCE_S
from timmy_actors.supervision import SupervisionEvent
from timmy_actors.supervision.events import BACKLOG, RECENT_LIMIT, EventStream


def event(number: int) -> SupervisionEvent:
    return SupervisionEvent("started", f"actor {number}", 1, "", float(number))


def test_every_subscriber_receives_all_later_events_in_order() -> None:
    stream = EventStream()
    stream.publish(event(0))
    first, second = stream.subscribe(), stream.subscribe()
    for number in (1, 2):
        stream.publish(event(number))
    for subscription in (first, second):
        assert [subscription.get(0), subscription.get(0), subscription.get(0)] == [event(1), event(2), None]


def test_a_full_subscription_drops_the_oldest_events_and_counts_them() -> None:
    stream = EventStream()
    slow = stream.subscribe()
    for number in range(BACKLOG + 7):
        stream.publish(event(number))
    assert slow.dropped == 7
    assert slow.get(0) == event(7)


def test_an_ended_subscription_receives_no_more_but_can_be_read_to_its_end() -> None:
    stream = EventStream()
    subscription = stream.subscribe()
    stream.publish(event(1))
    stream.unsubscribe(subscription)
    stream.publish(event(2))
    subscription.put(event(3))
    assert list(subscription) == [event(1)]


def test_unsubscribing_twice_or_an_unknown_subscription_is_no_error() -> None:
    stream = EventStream()
    subscription = stream.subscribe()
    other = stream.subscribe()
    stream.unsubscribe(subscription)
    stream.unsubscribe(subscription)
    stream.publish(event(1))
    assert other.get(0) == event(1)


def test_closing_wakes_the_thread_that_waits_for_the_next() -> None:
    received: list[SupervisionEvent] = []
    stream, reading = EventStream(), threading.Event()
    subscription = stream.subscribe()

    def read() -> None:
        reading.set()
        received.extend(subscription)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(PATIENCE_S)
    stream.publish(event(1))
    stream.unsubscribe(subscription)
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert received == [event(1)]


def test_the_latest_events_are_stored_for_a_report() -> None:
    stream = EventStream()
    for number in range(RECENT_LIMIT + 5):
        stream.publish(event(number))
    assert stream.recent == tuple(event(number) for number in range(5, RECENT_LIMIT + 5))
