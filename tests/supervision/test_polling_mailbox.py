from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import zmq
from pykka._envelope import Envelope

from tests.waiting import PATIENCE_S
from timmy_actors.errors import MailboxFullError
from timmy_actors.supervision import Control
from timmy_actors.supervision.sockets import Arrived, SocketMailbox, SourceFailed, read_frames

Socket = zmq.Socket[bytes]


@dataclass(frozen=True)
class Urgent(Control):
    pass


@pytest.fixture
def mailbox() -> Iterator[SocketMailbox]:
    mailbox = SocketMailbox()
    yield mailbox
    mailbox.close()


@pytest.fixture
def pair() -> Iterator[tuple[Socket, Socket]]:
    """Two connected ZeroMQ PAIR sockets."""
    context: zmq.Context[Socket] = zmq.Context()
    ours, theirs = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
    ours.bind("inproc://pair")
    theirs.connect("inproc://pair")
    yield ours, theirs
    context.destroy(linger=0)


@contextmanager
def attached(mailbox: SocketMailbox, socket: Socket) -> Iterator[None]:
    mailbox.attach("wire", socket, lambda: read_frames(socket))
    yield
    mailbox.detach("wire")


def take(mailbox: SocketMailbox, count: int) -> list[Any]:
    return [mailbox.get().message for _ in range(count)]


def put(mailbox: SocketMailbox, *messages: Any) -> None:
    for message in messages:
        mailbox.put(Envelope(message))


def wire(*texts: bytes) -> list[Arrived]:
    return [Arrived("wire", [text]) for text in texts]


def test_mailbox_timers_and_sockets_are_waited_for_in_one_place(
    mailbox: SocketMailbox, pair: tuple[Socket, Socket]
) -> None:
    with attached(mailbox, pair[0]):
        mailbox.schedule("timer", 0.001, "timer")
        assert take(mailbox, 1) == ["timer"]
        pair[1].send(b"frame")
        assert take(mailbox, 1) == wire(b"frame")
        put(mailbox, "message")
        assert take(mailbox, 1) == ["message"]


def test_all_frames_that_came_at_once_are_read(mailbox: SocketMailbox, pair: tuple[Socket, Socket]) -> None:
    with attached(mailbox, pair[0]):
        texts = [b"%d" % number for number in range(100)]
        for text in texts:
            pair[1].send(text)
        assert take(mailbox, 100) == wire(*texts)
        pair[1].send(b"later")
        assert take(mailbox, 1) == wire(b"later")


def test_control_overtakes_the_wire(mailbox: SocketMailbox, pair: tuple[Socket, Socket]) -> None:
    with attached(mailbox, pair[0]):
        for _ in range(3):
            pair[1].send(b"frame")
        take(mailbox, 1)
        put(mailbox, "work", Urgent())
        assert take(mailbox, 1) == [Urgent()]


def test_a_flood_in_the_mailbox_does_not_starve_the_wire(mailbox: SocketMailbox, pair: tuple[Socket, Socket]) -> None:
    with attached(mailbox, pair[0]):
        put(mailbox, *range(1_000))
        pair[1].send(b"frame")
        assert wire(b"frame")[0] in take(mailbox, 10)


def test_a_flood_on_the_wire_does_not_starve_the_mailbox(mailbox: SocketMailbox, pair: tuple[Socket, Socket]) -> None:
    with attached(mailbox, pair[0]):
        for _ in range(900):
            pair[1].send(b"frame")
        take(mailbox, 1)
        put(mailbox, "message")
        assert "message" in take(mailbox, 10)


def test_of_two_flooded_sources_neither_starves_the_other(mailbox: SocketMailbox) -> None:
    both = {name: os.pipe() for name in ("one", "two")}
    for name, (reading, writing) in both.items():
        mailbox.attach(name, reading, lambda reading=reading: os.read(reading, 1))  # type: ignore[misc]
        os.write(writing, b"x" * 100)
    names = [message.source for message in take(mailbox, 40)]
    assert 10 <= names.count("one") <= 30
    for name, ends in both.items():
        mailbox.detach(name)
        for end in ends:
            os.close(end)


def test_a_timer_that_is_always_due_starves_neither_mailbox_nor_wire(
    mailbox: SocketMailbox, pair: tuple[Socket, Socket]
) -> None:
    with attached(mailbox, pair[0]):
        mailbox.schedule("beat", 0.0, "beat", every=True)
        pair[1].send(b"frame")
        assert wire(b"frame")[0] in take(mailbox, 20)
        put(mailbox, "message")
        assert "message" in take(mailbox, 20)


def test_a_parked_actor_is_woken_by_every_put(mailbox: SocketMailbox) -> None:
    done = threading.Semaphore(0)

    def consume() -> None:
        while mailbox.get().message != "end":
            done.release()

    consumer = threading.Thread(target=consume, daemon=True)
    consumer.start()
    for number in range(2_000):
        put(mailbox, number)
        assert done.acquire(timeout=PATIENCE_S), f"the wake-up of message {number} was lost"
    put(mailbox, "end")
    consumer.join(PATIENCE_S)


def test_what_is_put_just_before_the_actor_parks_is_not_slept_through() -> None:
    class PutAtTheWorstMoment(SocketMailbox):
        unseen = True

        def _patience(self) -> float | None:
            if self.unseen:
                self.unseen = False
                self.put(Envelope("unseen"))  # after the check of the mailbox, before the wait
            return super()._patience()

    mailbox, taken = PutAtTheWorstMoment(), threading.Event()

    def consume() -> None:
        mailbox.get()
        taken.set()

    threading.Thread(target=consume, daemon=True).start()
    assert taken.wait(PATIENCE_S)
    mailbox.close()


def test_no_message_is_lost_between_many_senders_timers_and_the_wire(
    mailbox: SocketMailbox, pair: tuple[Socket, Socket]
) -> None:
    counts = {"message": 0, "wire": 0, "beat": 0}

    def consume() -> None:
        with attached(mailbox, pair[0]):
            mailbox.schedule("beat", 0.001, "beat", every=True)
            while counts["message"] < 3_000 or counts["wire"] < 1_000:
                message = mailbox.get().message
                counts["wire" if isinstance(message, Arrived) else message] += 1

    threads = [threading.Thread(target=lambda: put(mailbox, *["message"] * 1_000)) for _ in range(3)]
    threads += [threading.Thread(target=lambda: [pair[1].send(b"frame") for _ in range(1_000)])]
    consumer = threading.Thread(target=consume, daemon=True)
    for thread in [consumer, *threads]:
        thread.start()
    for thread in [*threads, consumer]:
        thread.join(2 * PATIENCE_S)
    assert (counts["message"], counts["wire"]) == (3_000, 1_000)


def test_a_failing_source_is_reported_once_and_detached(mailbox: SocketMailbox) -> None:
    reading, writing = os.pipe()

    def broken() -> bytes:
        raise OSError("broken")

    mailbox.attach("pipe", reading, broken)
    os.write(writing, b"x")
    (failed,) = take(mailbox, 1)
    assert isinstance(failed, SourceFailed)
    assert (failed.source, str(failed.error)) == ("pipe", "broken")
    put(mailbox, "next")
    assert take(mailbox, 1) == ["next"]
    os.close(reading)
    os.close(writing)


def test_what_is_detached_is_not_read_any_more(mailbox: SocketMailbox, pair: tuple[Socket, Socket]) -> None:
    with attached(mailbox, pair[0]):
        pair[1].send(b"one")
        pair[1].send(b"two")
        take(mailbox, 1)
    mailbox.detach("never there")
    put(mailbox, "message")
    assert take(mailbox, 1) == ["message"]


def test_an_ended_file_keeps_saying_so_until_it_is_detached(mailbox: SocketMailbox) -> None:
    reading, writing = os.pipe()
    mailbox.attach("pipe", reading, lambda: os.read(reading, 10))
    os.close(writing)
    assert take(mailbox, 2) == [Arrived("pipe", b"")] * 2
    mailbox.detach("pipe")
    os.close(reading)


def test_it_is_bounded_too() -> None:
    mailbox = SocketMailbox(capacity=1)
    put(mailbox, 1)
    with pytest.raises(MailboxFullError):
        put(mailbox, 2)
    mailbox.close()


def test_putting_after_closing_is_harmless(mailbox: SocketMailbox) -> None:
    mailbox.close()
    put(mailbox, "late")
    assert mailbox.depth == 0
