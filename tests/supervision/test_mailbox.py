from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import pytest
from pykka._envelope import Envelope
from pykka.messages import _ActorStop

from tests.waiting import PATIENCE_S
from timmy_actors.errors import ActorGoneError, MailboxFullError
from timmy_actors.supervision import Control, Mailbox, Reply
from timmy_actors.supervision.protocols import Letter

SHORT_WAITS, SHORT_S = 20_000, 2e-6


@dataclass(frozen=True)
class Urgent(Control):
    name: str


def put(mailbox: Mailbox, *messages: Any) -> None:
    for message in messages:
        mailbox.put(Envelope(message))


def take(mailbox: Mailbox, count: int) -> list[Any]:
    return [mailbox.get().message for _ in range(count)]


def test_work_comes_in_the_order_it_was_put() -> None:
    mailbox = Mailbox()
    put(mailbox, 1, 2, 3)
    assert take(mailbox, 3) == [1, 2, 3]


def test_control_overtakes_work_and_keeps_its_own_order() -> None:
    mailbox = Mailbox()
    put(mailbox, 1, 2, Urgent("a"), 3, Urgent("b"))
    assert take(mailbox, 5) == [Urgent("a"), Urgent("b"), 1, 2, 3]


def test_a_stop_overtakes_work() -> None:
    mailbox = Mailbox()
    put(mailbox, 1, _ActorStop())
    assert isinstance(mailbox.get().message, _ActorStop)


def test_control_that_came_last_still_overtakes_work_already_sorted() -> None:
    mailbox = Mailbox()
    put(mailbox, 1, 2)
    assert take(mailbox, 1) == [1]
    put(mailbox, Urgent("a"))
    assert take(mailbox, 2) == [Urgent("a"), 2]


def test_timers_come_in_the_order_they_are_due() -> None:
    mailbox = Mailbox()
    mailbox.schedule("late", 0.02, "late")
    mailbox.schedule("soon", 0.01, "soon")
    mailbox.schedule("now", 0.0, "now")
    assert take(mailbox, 3) == ["now", "soon", "late"]


def test_timers_due_at_the_same_time_come_in_the_order_they_were_scheduled(monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox()
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    for name in "abc":
        mailbox.schedule(name, 0.0, name)
    assert take(mailbox, 3) == ["a", "b", "c"]


def test_a_timer_is_never_early() -> None:
    mailbox = Mailbox()
    due = time.monotonic() + 0.02
    mailbox.schedule("timer", 0.02, "timer")
    mailbox.get()
    assert time.monotonic() >= due


def test_a_cancelled_timer_does_not_come() -> None:
    mailbox = Mailbox()
    mailbox.schedule("gone", 0.0, "gone")
    mailbox.schedule("active", 0.0, "active")
    mailbox.cancel("gone")
    mailbox.cancel("never there")
    assert take(mailbox, 1) == ["active"]


def test_a_timer_of_the_same_key_replaces_the_earlier_one() -> None:
    mailbox = Mailbox()
    mailbox.schedule("key", 0.0, "first")
    mailbox.schedule("key", 0.0, "second")
    mailbox.schedule("other", 0.001, "other")
    assert take(mailbox, 2) == ["second", "other"]


def test_a_key_is_free_again_after_its_timer_fired() -> None:
    mailbox = Mailbox()
    for _ in range(3):
        mailbox.schedule("key", 0.0, "message")
        assert take(mailbox, 1) == ["message"]


def test_fired_timers_are_removed() -> None:
    mailbox = Mailbox()
    for number in range(1_000):
        mailbox.schedule(f"key {number}", 0.0, number)
    assert take(mailbox, 1_000) == list(range(1_000))
    assert not mailbox._timers
    assert not mailbox._due


def test_cancelled_timers_do_not_accumulate() -> None:
    mailbox = Mailbox()
    mailbox.schedule("stays", 0.0, "stays")
    for number in range(10_000):
        mailbox.schedule(f"command {number}", 60.0, "late")
        mailbox.cancel(f"command {number}")
    assert len(mailbox._due) < 200
    assert mailbox.get().message == "stays"


def test_a_periodic_timer_comes_again_until_it_is_cancelled() -> None:
    mailbox = Mailbox()
    mailbox.schedule("beat", 0.001, "beat", every=True)
    assert take(mailbox, 3) == ["beat"] * 3
    mailbox.cancel("beat")
    mailbox.schedule("end", 0.01, "end")
    assert take(mailbox, 1) == ["end"]


def test_a_late_periodic_timer_skips_missed_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    mailbox = Mailbox()
    mailbox.schedule("beat", 1.0, "beat", every=True)
    now[0] += 10.5
    put(mailbox, "work")
    beats = 0
    while mailbox.get().message == "beat":
        beats += 1
    assert beats <= 2


def test_a_periodic_timer_that_is_always_due_does_not_starve_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    mailbox = Mailbox()
    mailbox.schedule("beat", 1.0, "beat", every=True)
    put(mailbox, "work")
    handled = []
    for _ in range(10):
        now[0] += 3.0  # each handler takes longer than the period
        handled += take(mailbox, 1)
        if "work" in handled:
            return
    pytest.fail(f"only {handled}")


def test_a_full_mailbox_refuses_work_but_takes_control() -> None:
    mailbox = Mailbox(capacity=2)
    put(mailbox, 1, 2)
    with pytest.raises(MailboxFullError):
        put(mailbox, 3)
    put(mailbox, Urgent("a"), _ActorStop())
    assert mailbox.depth == 4


def test_sorted_messages_still_count_towards_the_capacity() -> None:
    mailbox = Mailbox(capacity=3)
    put(mailbox, 1, 2, 3)
    mailbox.get()
    put(mailbox, 4)
    with pytest.raises(MailboxFullError):
        put(mailbox, 5)


def test_waiting_ends_when_something_is_put_from_another_thread() -> None:
    mailbox = Mailbox()
    threading.Timer(0.01, put, (mailbox, "late")).start()
    assert take(mailbox, 1) == ["late"]


def test_a_wait_ends_at_its_timeout_however_short() -> None:
    # Python 3.11 and 3.12: one in some thousands of such waits for a `SimpleQueue` waits for the next item instead.
    mailbox, ended = Mailbox(), threading.Event()

    def wait_often() -> None:
        for _ in range(SHORT_WAITS):
            put(mailbox, "so that the queue's lock is free")
            assert mailbox.clock.wait(mailbox, None) is not None
            mailbox.clock.wait(mailbox, SHORT_S)
        ended.set()

    waiting = threading.Thread(target=wait_often, daemon=True)
    waiting.start()
    in_time = ended.wait(PATIENCE_S)
    put(mailbox, "so that the thread ends")
    waiting.join(PATIENCE_S)
    assert in_time


def test_closing_answers_everything_that_waits_in_every_lane() -> None:
    mailbox = Mailbox()
    put(mailbox, Urgent("taken"))
    replies = [Reply() for _ in range(3)]
    for message, reply in zip(["work", Urgent("control"), _ActorStop()], replies, strict=True):
        mailbox.put(Envelope(message, reply_to=reply))
    mailbox.get()
    mailbox.close()
    for reply in replies[:2]:
        with pytest.raises(ActorGoneError):
            reply.wait()
    assert replies[2].wait() is None


def test_a_message_after_closing_is_answered_at_once() -> None:
    mailbox, reply = Mailbox(), Reply()
    mailbox.close()
    mailbox.put(Envelope("late", reply_to=reply))
    assert reply.done
    assert mailbox.depth == 0


def test_no_ask_is_lost_to_a_closing_at_the_same_time() -> None:
    for _ in range(200):
        mailbox, ready = Mailbox(), threading.Barrier(3)
        replies: list[Reply] = []

        def ask(mailbox: Mailbox = mailbox, ready: threading.Barrier = ready, replies: list[Reply] = replies) -> None:
            ready.wait()
            for _ in range(20):
                reply = Reply()
                mailbox.put(Envelope("ask", reply_to=reply))
                replies.append(reply)

        askers = [threading.Thread(target=ask) for _ in range(2)]
        for asker in askers:
            asker.start()
        ready.wait()
        mailbox.close()
        for asker in askers:
            asker.join()
        assert len(replies) == 40
        assert all(reply.done for reply in replies)


def test_a_message_sorted_during_a_put_is_not_counted_twice() -> None:
    mailbox = Mailbox(capacity=3)

    class SortedMeanwhile(SimpleQueue[Letter]):
        def qsize(self) -> int:
            counted = super().qsize()
            while not self.empty():
                mailbox._work.append(self.get_nowait())
            return counted

    mailbox.arrivals = SortedMeanwhile()
    put(mailbox, "a", "b", "c")
    assert take(mailbox, 3) == ["a", "b", "c"]
