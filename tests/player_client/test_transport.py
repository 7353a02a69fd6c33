"""The transport, both ends against each other in virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.stand_in.raknet import Joined, Left, RakNetServer
from tests.player_client.network import SERVER, STEP_S, Network
from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.client import Connected, Ended, EndReason, RakNetClient
from timmy_actors.player_client.raknet.connection import DEAD_AFTER_S, Established, Message
from timmy_actors.player_client.raknet.datagrams import NUMBERS, DataDatagram, Frame, Reliability, Split
from timmy_actors.player_client.raknet.offline import OfflineId
from timmy_actors.player_client.raknet.receiving import WINDOW, Incoming, _Channel, ahead
from timmy_actors.player_client.raknet.sending import MAX_UNACKNOWLEDGED, MAX_WAITING, Outgoing

GUID = 77
PASSWORD = b"0.8.110abc"
MESSAGES = [bytes((138,)) + number.to_bytes(4, "big") for number in range(300)]


def network(password: bytes = PASSWORD, server: RakNetServer | None = None, **options: Any) -> Network:
    """A client that begins to connect."""
    return Network(RakNetClient(SERVER, GUID, password, 100.0), server or RakNetServer(PASSWORD), **options)


def connected(**options: Any) -> Network:
    """A client that is connected."""
    joined = network(**options)
    joined.run(10)
    assert [type(event) for event in joined.seen_by_client] == [Connected]
    assert joined.seen_by_server == [Joined(GUID)]
    joined.seen_by_client.clear()
    joined.seen_by_server.clear()
    return joined


def test_a_client_connects_within_a_few_round_trips() -> None:
    joining = network()
    joining.run(8 * STEP_S)
    assert joining.seen_by_client == [Connected(1492)]


@pytest.mark.parametrize(("largest", "mtu"), [(1492, 1492), (1300, 1200), (576, 576)])
def test_the_largest_mtu_that_arrives_is_used(largest: int, mtu: int) -> None:
    joining = network(server=RakNetServer(PASSWORD, largest_mtu=largest))
    joining.run(5)
    assert joining.seen_by_client == [Connected(mtu)]


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (RakNetServer(PASSWORD, most=0), EndReason.FULL),
        (RakNetServer(PASSWORD, refuse=OfflineId.BANNED), EndReason.BANNED),
        (RakNetServer(PASSWORD, refuse=OfflineId.TOO_RECENT), EndReason.TOO_RECENT),
        (RakNetServer(PASSWORD, refuse=OfflineId.ALREADY_CONNECTED), EndReason.ALREADY_CONNECTED),
        (RakNetServer(b"0.8.110def"), EndReason.WRONG_PASSWORD),
        (RakNetServer(PASSWORD, silent=True), EndReason.NO_ANSWER),
    ],
)
def test_a_refusal_ends_with_its_reason(server: RakNetServer, reason: EndReason) -> None:
    joining = network(server=server)
    joining.run(11)
    assert joining.seen_by_client == [Ended(reason)]
    assert joining.client.next_time() > 1e9


def test_another_version_ends_with_the_servers() -> None:
    joining = network(server=RakNetServer(PASSWORD, version=6))
    joining.run(1)
    assert joining.seen_by_client == [Ended(EndReason.WRONG_VERSION, 6)]


def test_a_server_that_opens_and_does_not_go_on_is_given_up() -> None:
    joining = network()
    joining.run(4 * STEP_S)
    joining.server.silent = True
    joining.run(11)
    assert joining.seen_by_client == [Ended(EndReason.NOT_ACCEPTED)]


@pytest.mark.parametrize("seed", range(3))
def test_packets_arrive_once_and_in_order_whatever_the_network_does(seed: int) -> None:
    lossy = connected(seed=seed, loss=0.2, duplicates=0.2, delay_s=(0.0, 0.05))
    for number, message in enumerate(MESSAGES):
        lossy.client.send(message, number % 2, lossy.now)
        lossy.server.send(GUID, message, number % 2, lossy.now)
    lossy.run(20)
    ours = [event.data for event in lossy.seen_by_client if isinstance(event, Message)]
    for received in (ours, lossy.server_messages()):
        assert sorted(received) == MESSAGES
        for channel in (0, 1):
            of_channel = [message for message in received if message[-1] % 2 == channel]
            assert of_channel == MESSAGES[channel::2]
    assert lossy.client.unacknowledged == 0
    assert lossy.client.resent > 0


@pytest.mark.parametrize("size", [1439, 1440, 2500, 60_000])
def test_long_messages_are_split_and_joined(size: int) -> None:
    lossy = connected(loss=0.2, delay_s=(0.0, 0.05))
    message = bytes((138,)) + bytes(number % 251 for number in range(size))
    lossy.client.send(message, 0, lossy.now)
    lossy.run(10)
    assert lossy.server_messages() == [message]


def test_an_idle_connection_stays_up() -> None:
    idle = connected()
    idle.run(60)
    assert idle.client.connected
    assert idle.seen_by_client == []


def test_a_clean_disconnection_ends_both_sides() -> None:
    leaving = connected(loss=0.2)
    leaving.client.disconnect(leaving.now)
    leaving.run(3)
    assert leaving.seen_by_client == [Ended(EndReason.CLOSED)]
    assert leaving.seen_by_server == [Left(GUID)]


def test_a_client_that_is_thrown_out_acknowledges_it() -> None:
    kicked = connected()
    kicked.server.throw_out(GUID, kicked.now)
    kicked.run(1)
    assert kicked.seen_by_client == [Ended(EndReason.DISCONNECTED)]
    assert kicked.seen_by_server == [Left(GUID)]


def test_a_server_that_acknowledges_nothing_any_more_is_lost() -> None:
    deaf = connected()
    deaf.server.silent = True
    deaf.client.send(MESSAGES[0], 0, deaf.now)
    deaf.run(DEAD_AFTER_S - 1)
    assert deaf.seen_by_client == []
    deaf.run(2)
    assert deaf.seen_by_client == [Ended(EndReason.LOST)]


def test_a_silent_server_is_not_flooded() -> None:
    deaf = connected()
    deaf.server.silent = True
    for message in MESSAGES[:10]:
        deaf.client.send(message, 0, deaf.now)
    deaf.run(DEAD_AFTER_S - 1)
    assert 10 < deaf.client.resent <= 100


@pytest.mark.parametrize("seconds", [60.0, 86_400.0, -50.0])
def test_a_clock_that_jumps_ends_no_connection(seconds: float) -> None:
    jumping = connected()
    jumping.client.send(MESSAGES[0], 0, jumping.now)
    jumping.client.receive(b"", jumping.now)
    assert jumping.client.advance(jumping.now + seconds) == []
    jumping.now += max(0.0, seconds)
    jumping.server.send(GUID, MESSAGES[1], 0, jumping.now)
    jumping.run(8)
    assert jumping.client.connected
    assert jumping.server_messages() == [MESSAGES[0]]
    assert [event.data for event in jumping.seen_by_client if isinstance(event, Message)] == [MESSAGES[1]]


def test_numbers_start_again_after_the_last_one() -> None:
    sender, receiver = Established(1492, 0.0), Established(1492, 0.0)
    outgoing, incoming = sender.outgoing, receiver.incoming
    outgoing._next_datagram = outgoing._next_reliable = NUMBERS - 3
    outgoing._next_ordering[0] = NUMBERS - 3
    incoming._seen.next = NUMBERS - 3
    channel = incoming._channels.setdefault(0, _Channel())
    channel.next = NUMBERS - 3
    received = []
    for message in MESSAGES[:8]:
        sender.send(message, 0, 0.0)
        for data in sender.datagrams(0.0):
            received += receiver.receive(data, 0.0)
        for data in receiver.datagrams(0.0):
            sender.receive(data, 0.0)
    assert received == [Message(message) for message in MESSAGES[:8]]
    assert outgoing.unacknowledged == 0


@pytest.mark.parametrize(("number", "of", "distance"), [(5, 3, 2), (0, NUMBERS - 1, 1), (NUMBERS - 1, 0, -1)])
def test_numbers_are_compared_across_their_end(number: int, of: int, distance: int) -> None:
    assert ahead(number, of) == distance


@pytest.mark.parametrize(
    "frame",
    [
        Frame(Reliability.RELIABLE, b"\x8a", reliable_number=WINDOW + 1),
        Frame(Reliability.RELIABLE_ORDERED, b"\x8a", ordering_index=WINDOW + 1),
        Frame(Reliability.RELIABLE, b"\x8a", split=Split(1 << 20, 0, 0)),
    ],
)
def test_a_datagram_with_a_frame_that_cannot_be_is_not_acknowledged(frame: Frame) -> None:
    incoming = Incoming()
    with pytest.raises(ProtocolError):
        incoming.receive(DataDatagram(0, (frame,)))
    assert incoming.acknowledgement() is None


def test_parts_of_too_many_messages_are_refused() -> None:
    incoming = Incoming()
    parts = [Frame(Reliability.RELIABLE, b"\x8a", number, split=Split(2, number, 0)) for number in range(65)]
    for number, part in enumerate(parts[:-1]):
        assert incoming.receive(DataDatagram(number, (part,))) == []
    with pytest.raises(ProtocolError, match="64 messages are being joined"):
        incoming.receive(DataDatagram(64, (parts[-1],)))


def test_a_peer_that_acknowledges_nothing_does_not_fill_the_memory() -> None:
    outgoing = Outgoing(1492)
    for _ in range(MAX_UNACKNOWLEDGED):
        outgoing.send(MESSAGES[0], Reliability.RELIABLE_ORDERED, 0)
    assert len(list(outgoing.datagrams(0.0))) > 0
    for _ in range(MAX_WAITING):
        outgoing.send(MESSAGES[0], Reliability.RELIABLE_ORDERED, 0)
    assert list(outgoing.datagrams(0.0)) == []
    with pytest.raises(ProtocolError, match="does not acknowledge"):
        outgoing.send(MESSAGES[0], Reliability.RELIABLE_ORDERED, 0)
    assert outgoing.unacknowledged == MAX_UNACKNOWLEDGED + MAX_WAITING


def test_what_a_nak_names_is_sent_again_at_once() -> None:
    sender = Established(1492, 0.0)
    sender.send(MESSAGES[0], 0, 0.0)
    first = list(sender.datagrams(0.0))
    assert list(sender.datagrams(0.01)) == []
    sender.receive(bytes.fromhex("a00001 01 000000"), 0.02)
    assert [data[4:] for data in sender.datagrams(0.02)] == [data[4:] for data in first]
