"""Datagrams, offline and system messages: the recorded ones, and what is malformed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.player_client.recorded import datagrams, recorded
from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.packets.packet import decode, encode
from timmy_actors.player_client.raknet.connection import Established, Message
from timmy_actors.player_client.raknet.datagrams import CONNECTED, DataDatagram, decode_datagram, in_ranges
from timmy_actors.player_client.raknet.offline import decode_offline
from timmy_actors.player_client.raknet.system import decode_system, encode_system

RECORDED = [bytes.fromhex(row["hex"]) for row in recorded("datagrams")]


def test_every_recorded_datagram_is_read_and_built_again() -> None:
    assert len(RECORDED) == 1112
    for data in RECORDED:
        parsed = decode_datagram(data) if data[0] & CONNECTED else decode_offline(data)
        assert parsed.encode() == data


def test_every_recorded_system_message_is_read_and_built_again() -> None:
    messages = [
        frame.data
        for data in RECORDED
        if data[0] & CONNECTED and isinstance(parsed := decode_datagram(data), DataDatagram)
        for frame in parsed.frames
        if frame.data[0] < 0x80 and frame.split is None
    ]
    assert len(messages) == 51
    assert [encode_system(decode_system(message)) for message in messages] == messages


@pytest.mark.parametrize("session", [0, 1, 2])
@pytest.mark.parametrize("sender", ["client", "server"])
def test_a_recorded_session_is_joined_ordered_and_read(session: int, sender: str) -> None:
    link = Established(1492, 0.0)
    messages = [
        message.data
        for data in datagrams(sender=sender, session=session)
        if data[0] & CONNECTED
        for message in link.receive(data, 0.0)
        if isinstance(message, Message)
    ]
    assert link.malformed == link.incoming.dropped == 0
    assert len(messages) > 50
    assert [encode(decode(message)) for message in messages] == messages


@pytest.mark.parametrize(
    "data", [b"", b"\x05", b"\x02" + bytes(40), b"\x84\0\0\0\xe0\0\x08\0\0\0", b"\xc0\0\1\0\5\0\0\1\0\0"]
)
def test_what_is_no_datagram_is_an_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_datagram(data)


@pytest.mark.parametrize("kind", [*range(0x20), 0x7F])
def test_an_offline_message_that_is_cut_off_or_unknown_is_an_error(kind: int) -> None:
    with pytest.raises(ProtocolError):
        decode_offline(bytes((kind,)) + bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")[:15])


@given(st.sampled_from(RECORDED), st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), max_size=4), st.data())
def test_mutated_datagrams_change_nothing_but_a_counter(
    data: bytes, changes: list[tuple[int, int]], draws: st.DataObject
) -> None:
    mutated = bytearray(data)
    for at, byte in changes:
        mutated[at % len(mutated)] = byte
    link = Established(1492, 0.0)
    link.receive(bytes(mutated[: draws.draw(st.integers(0, len(mutated)))]), 0.0)
    assert link.malformed in (0, 1, 2, 3)
    assert link.outgoing.unacknowledged == 0


def test_neighbours_become_a_range() -> None:
    assert in_ranges([5, 1, 2, 3, 9, 5]) == ((1, 3), (5, 5), (9, 9))
