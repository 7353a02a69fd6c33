from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wires import Babbler, free_port
from timmy_actors.link.probe import GREETING_BYTES, SIGNATURE, describe, look

GREETING = SIGNATURE + b"\x03\x01" + b"PLAIN".ljust(20, b"\0") + bytes(32)


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        (b"", "it said nothing for 0.5 s"),
        (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n", "began with 'HTTP/1.1 400 Bad Request'"),
        (b"\x15\x03\x01\x00\x02\x02\x46", r"began with '\x15\x03\x01\x00\x02\x02F'"),
        (b"\x1b[2J\x9b\x07 steered", r"began with '\x1b[2J\x9b\x07 steered'"),
        (SIGNATURE[:1], "too slow: 1 of 64 bytes"),
        (GREETING[:63], "too slow: 63 of 64 bytes"),
        (SIGNATURE + b"\x01", "version 1 of ZeroMQ's protocol"),
        (SIGNATURE + b"\x04" + GREETING[11:], "version 4 of ZeroMQ's protocol"),
        (GREETING, "with the mechanism 'PLAIN', but did not go on"),
    ],
)
def test_a_peer_is_named_by_its_first_bytes(heard: bytes, told: str) -> None:
    assert told in describe(heard, 0.5)


@given(st.binary(max_size=GREETING_BYTES))
def test_whatever_it_says_it_is_told_in_one_short_line_that_steers_no_terminal(heard: bytes) -> None:
    told = describe(heard, 0.5)
    assert told.isprintable()
    assert len(told) < 300


def test_a_peer_that_goes_on_for_ever_is_not_listened_to_for_longer() -> None:
    with Babbler(GREETING * 100) as babbler:
        _, _, port = babbler.address.rpartition(":")
        assert "did not go on" in look("127.0.0.1", int(port), within_s=5.0)


def test_a_peer_that_has_gone_is_told_as_such() -> None:
    assert "does not listen any more" in look("127.0.0.1", free_port(), within_s=1.0)
