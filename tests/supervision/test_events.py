from __future__ import annotations

import threading

from timmy_actors.supervision import SupervisionEvent
from timmy_actors.supervision.events import BACKLOG, KEPT, EventStream


def event(number: int) -> SupervisionEvent:
    return SupervisionEvent("started", f"actor {number}", 1, "", float(number))


def test_every_subscriber_hears_everything_from_then_on_in_order() -> None:
    stream = EventStream()
    stream.publish(event(0))
    first, second = stream.subscribe(), stream.subscribe()
    for number in (1, 2):
        stream.publish(event(number))
    for subscription in (first, second):
        assert [subscription.get(0), subscription.get(0), subscription.get(0)] == [event(1), event(2), None]


def test_who_does_not_read_loses_the_oldest_and_is_told_how_many() -> None:
    stream = EventStream()
    slow = stream.subscribe()
    for number in range(BACKLOG + 7):
        stream.publish(event(number))
    assert slow.dropped == 7
    assert slow.get(0) == event(7)


def test_who_has_unsubscribed_hears_nothing_more_but_may_read_what_came_before() -> None:
    stream = EventStream()
    subscription = stream.subscribe()
    stream.publish(event(1))
    stream.unsubscribe(subscription)
    stream.publish(event(2))
    subscription.put(event(3))
    assert list(subscription) == [event(1)]


def test_unsubscribing_twice_or_a_stranger_is_no_error() -> None:
    stream = EventStream()
    subscription = stream.subscribe()
    stream.unsubscribe(subscription)
    stream.unsubscribe(subscription)


def test_closing_wakes_the_thread_that_waits_for_the_next() -> None:
    heard: list[SupervisionEvent] = []
    stream, reading = EventStream(), threading.Event()
    subscription = stream.subscribe()

    def read() -> None:
        reading.set()
        heard.extend(subscription)

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(10)
    stream.publish(event(1))
    stream.unsubscribe(subscription)
    reader.join(10)
    assert not reader.is_alive()
    assert heard == [event(1)]


def test_the_latest_are_kept_for_a_report() -> None:
    stream = EventStream()
    for number in range(KEPT + 5):
        stream.publish(event(number))
    assert stream.recent == tuple(event(number) for number in range(5, KEPT + 5))
