"""Packets: the recorded ones, all layouts with made-up values, and what is malformed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.player_client.layout_values import packet
from tests.player_client.recorded import recorded
from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.packets.notation import Notation
from timmy_actors.player_client.packets.packet import BY_NAME, LAYOUTS, Packet, decode, encode

PACKETS = recorded("packets")
PACKETS_EACH = 10
"""How many random packets of each layout."""
NEVER_RECORDED = {"ACTOR_SPELLS_ACTIVE", "MUSIC_PLAY", "VIDEO_PLAY", "WORLD_MAP"}
"""Layouts that are known from the source only."""


def flat(value: Any) -> Iterator[Any]:
    """The values of nested dictionaries and lists, in their order."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name != "strsize" and not name.endswith("#"):
                yield from flat(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from flat(member)
    else:
        yield value


def noted(fields: dict[str, Any]) -> list[Any]:
    """The values that were noted for a recorded packet, without its header and the lengths of lists."""
    lists = {"objects", "actors", "records"}
    header = {"guid", "request"} | ({"n"} if lists & fields.keys() else set())
    return list(flat({name: value for name, value in fields.items() if name not in header}))


def equal(ours: Any, theirs: Any) -> bool:
    """Whether a value is the recorded one, which was rounded; a compressed float was noted as its 16 bits."""
    if isinstance(ours, float) and isinstance(theirs, int) and abs(ours) <= 1.0 < abs(theirs):
        return round((ours + 1) * 32767.5) == theirs
    if isinstance(ours, float):
        return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-6)
    return bool(ours == theirs) or {ours, theirs} == {255, -1}


def test_every_recorded_packet_is_read_and_built_again() -> None:
    assert len(PACKETS) == 335
    for row in PACKETS:
        message = bytes.fromhex(row["hex"])
        packet = decode(message)
        assert encode(packet) == message, row["name"]
        assert packet.name == row["name"].removesuffix("(request)")
        assert BY_NAME[packet.name].channel == row["channel"]
        ours, theirs = list(flat(packet.fields or {})), noted(row["fields"])
        assert len(ours) == len(theirs), row["name"]
        assert all(map(equal, ours, theirs)), (row["name"], ours, theirs)


def test_every_packet_that_tes3mp_uses_was_recorded_or_is_known_from_the_source_only() -> None:
    names = {row["name"].removesuffix("(request)") for row in PACKETS}
    assert {layout.name for layout in LAYOUTS if layout.sender != "-"} - names == NEVER_RECORDED


def test_every_packet_survives_the_wire() -> None:
    chance = Random(1)
    for layout in LAYOUTS * PACKETS_EACH:
        drawn = packet(chance, layout)
        assert decode(encode(drawn)) == drawn


def test_a_packet_that_is_cut_off_is_an_error_that_names_it() -> None:
    for layout in LAYOUTS:
        with pytest.raises(ProtocolError, match=layout.name):
            decode(bytes((layout.number,)) + bytes(8) + b"\xff")


@given(st.sampled_from(PACKETS), st.data())
def test_mutated_packets_are_read_or_refused(row: dict[str, Any], data: st.DataObject) -> None:
    message = bytearray.fromhex(row["hex"])
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(message)))
    try:
        packet = decode(bytes(message[:cut]))
    except ProtocolError:
        return
    assert packet.name in BY_NAME


@pytest.mark.parametrize(
    ("packet", "text"),
    [
        (Packet("CHAT_MESSAGE", 1, {}), "CHAT_MESSAGE: text: is missing"),
        (Packet("CHAT_MESSAGE", 1, {"text": "hi", "to": 2}), "CHAT_MESSAGE: has no member to"),
        (Packet("CHAT_MESSAGE", 1, {"text": "a\0b"}), "CHAT_MESSAGE: text: must be a text"),
        (Packet("PLAYER_BOUNTY", 1, {"bounty": 2**31}), "PLAYER_BOUNTY: bounty: must be a whole number from"),
        (Packet("PLAYER_BOUNTY", 1, {"bounty": "40"}), "PLAYER_BOUNTY: bounty: must be a whole number from"),
        (
            Packet("PLAYER_POSITION", 1, {"position": (0, 0, math.nan, 0, 0, 0), "direction": (0,) * 6}),
            "PLAYER_POSITION: position: must be finite",
        ),
        (
            Packet("PLAYER_POSITION", 1, {"position": (0, 0, 0), "direction": (0,) * 6}),
            "PLAYER_POSITION: position: pack expected 6 items",
        ),
        (Packet("PLAYER_STATS_DYNAMIC", 1, {"full": False}), "PLAYER_STATS_DYNAMIC: changes: is missing"),
        (
            Packet("OBJECT_DELETE", 1, {"origin": 0, "cell": (0, 0, 0), "cell_name": "", "objects": [{}] * 3001}),
            "OBJECT_DELETE: objects: must have at most 3000 items",
        ),
    ],
)
def test_a_packet_that_cannot_be_built_names_the_field(packet: Packet, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        encode(packet)


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ProtocolError, match="WORLD_TIME: a number is not finite"):
        decode(bytes((226,)) + bytes(8) + bytes.fromhex("7fc00000") + bytes(20))


@pytest.mark.parametrize("text", ["a:b:c", "name", "a:i32**", "@@cell", ":i32"])
def test_a_layout_that_does_not_follow_the_notation_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Notation({}).compile(text)


@pytest.mark.parametrize(("raw", "text"), [(b"caf\xe9", "café"), ("café".encode(), "café"), (b"\x81", "\ufffd")])
def test_a_text_in_the_games_western_encoding_is_read(raw: bytes, text: str) -> None:
    message = bytes((138,)) + bytes(8) + len(raw).to_bytes(2, "big") + raw
    assert decode(message)["text"] == text


MEMORY = "98c21bbb465e1df633f7fffffff7ffffffef81ff71ff7200460045f5f5756c"
"""A new player's first cell, as a real server sent it: it had never set the numbers of the cell before."""


def test_numbers_that_a_server_never_set_are_zero() -> None:
    moved = decode(bytes.fromhex(MEMORY))
    assert (moved.name, moved["cell"]) == ("PLAYER_CELL_CHANGE", (0, -3, -2))
    assert all(map(math.isfinite, moved["previous"]))
    turned = {"position": (1.0, 2.0, 3.0, 0.5, math.nan, math.inf), "direction": (math.nan,) * 6}
    position = decode(encode(Packet("PLAYER_POSITION", 1, turned)))
    assert position.fields == {"position": (1.0, 2.0, 3.0, 0.5, 0.0, 0.0), "direction": (0.0,) * 6}
