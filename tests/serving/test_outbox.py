from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from tests.waiting import PATIENCE_S
from timmy_actors.serving.outbox import HIGH_WATER_MARK, RETRY_AT_MOST_S, RETRY_S, FairShare, Outbox

PUSH_EVERY_S = 1 / 28
STEPS = 2_000
READ_ONE_IN = 3
"""Steps: the reader is three times as slow as the pushes."""


class Clients:
    """DEALER sockets served by an outbox, in one thread and in virtual time."""

    def __init__(self) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        router: zmq.Socket[bytes] = self.context.socket(zmq.ROUTER)
        router.sndhwm, router.router_mandatory, router.rcvtimeo = HIGH_WATER_MARK, True, round(PATIENCE_S * 1000)
        router.bind("inproc://outbox")
        self.outbox, self._router = Outbox(router), router
        self._dealers: list[zmq.Socket[bytes]] = []

    def join(self) -> tuple[bytes, zmq.Socket[bytes]]:
        """Add a client: its routing id and its socket."""
        dealer: zmq.Socket[bytes] = self.context.socket(zmq.DEALER)
        dealer.rcvhwm = HIGH_WATER_MARK
        dealer.connect("inproc://outbox")
        self._dealers.append(dealer)
        dealer.send(b"here")
        return self._router.recv_multipart()[0], dealer

    def poll(self) -> None:
        """Let libzmq notice which clients have read, as the gateway's polling does; sends check once a millisecond."""
        self._router.get(zmq.EVENTS)

    def fill(self, client: bytes, now: float) -> None:
        """Push until the client's queue is full."""
        while self.outbox.push(client, b"push", now):
            pass


@pytest.fixture
def clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.context.destroy(linger=0)


def test_a_reader_slower_than_the_pushes_is_rarely_retried_in_vain(clients: Clients) -> None:
    client, dealer = clients.join()
    outbox, taken, refused = clients.outbox, 0, 0
    for step in range(STEPS):
        now = step * PUSH_EVERY_S
        clients.poll()
        if outbox.next_try() <= now:
            outbox.retry(now)
        if not outbox.is_full(client):
            was_taken = outbox.push(client, b"push", now)
            taken, refused = taken + was_taken, refused + (not was_taken)
        if step % READ_ONE_IN == 0:
            dealer.recv(zmq.NOBLOCK)  # raises if the pauses leave it nothing to read
    assert taken >= STEPS // READ_ONE_IN
    assert refused <= taken / 2


def test_only_clients_that_took_what_waited_for_them_are_pushed_to_again(clients: Clients) -> None:
    (reading, dealer), (idle, _) = clients.join(), clients.join()
    for client in (reading, idle):
        clients.fill(client, 0.0)
        clients.outbox.answer(client, (b"answer",), 0.0)
    while dealer.poll(0):
        dealer.recv()
    clients.poll()
    assert clients.outbox.retry(1.0) == [reading]
    assert clients.outbox.is_full(idle)
    assert not clients.outbox.is_full(reading)
    assert dealer.recv(zmq.NOBLOCK) == b"answer"


def test_clients_with_the_same_pause_are_retried_together(clients: Clients) -> None:
    first, second = clients.join(), clients.join()
    clients.fill(first[0], 0.1001)
    clients.fill(second[0], 0.1004)
    assert clients.outbox.retry(clients.outbox.next_try()) == [first[0], second[0]]


def test_a_client_that_takes_nothing_is_retried_ever_less_often_and_one_that_sends_at_once(clients: Clients) -> None:
    client, _ = clients.join()
    clients.fill(client, 0.0)
    clients.outbox.answer(client, (b"answer",), 0.0)
    now, pauses = 0.0, []
    for _ in range(12):
        pauses.append(clients.outbox.next_try() - now)
        now = clients.outbox.next_try()
        assert clients.outbox.retry(now) == []
    assert RETRY_S <= pauses[0] <= 2 * RETRY_S
    assert pauses[-1] == pytest.approx(RETRY_AT_MOST_S)
    clients.outbox.hurry(client)
    assert clients.outbox.next_try() <= now


def fill(share: FairShare, client: str) -> int:
    taken = 0
    while share.admit(client):
        taken += 1
    return taken


def test_one_client_alone_can_have_half_of_the_places_and_two_a_third_each() -> None:
    assert fill(FairShare(100), "one") == 50
    share = FairShare(90)
    turns = [share.admit(name) for _ in range(90) for name in ("one", "two")]
    assert sum(turns) == 60


@given(st.integers(2, 200), st.integers(1, 30))
def test_however_many_clients_flood_a_new_client_finds_a_place(places: int, floods: int) -> None:
    share = FairShare(places)
    taken = [fill(share, f"flood {number}") for number in range(floods)]
    if sum(taken) < places:
        assert share.admit("new client")


def test_a_place_that_is_given_back_can_be_taken_again() -> None:
    share = FairShare(4)
    assert fill(share, "one") == 2
    share.leave("one")
    assert (share.admit("one"), share.admit("one")) == (True, False)
    share.leave("one")
    share.leave("one")
    assert fill(share, "two") == 2
