from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wires import Babbler, free_port
from timmy_actors.link.probe import GREETING_BYTES, SIGNATURE, describe, probe_peer

GREETING = SIGNATURE + b"\x03\x01" + b"PLAIN".ljust(20, b"\0") + bytes(32)


@pytest.mark.parametrize(
    ("received", "description"),
    [
        (b"", "the peer sent nothing for 0.5 s"),
        (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n", "first bytes are 'HTTP/1.1 400 Bad Request'"),
        (b"\x15\x03\x01\x00\x02\x02\x46", r"first bytes are '\x15\x03\x01\x00\x02\x02F'"),
        (b"\x1b[2J\x9b\x07 steered", r"first bytes are '\x1b[2J\x9b\x07 steered'"),
        (SIGNATURE[:1], "too slow: it sent 1 of 64 bytes"),
        (GREETING[:63], "too slow: it sent 63 of 64 bytes"),
        (SIGNATURE + b"\x01", "version 1 of ZMTP"),
        (SIGNATURE + b"\x04" + GREETING[11:], "version 4 of ZMTP"),
        (GREETING, "with the mechanism 'PLAIN', but did not continue the handshake"),
    ],
)
def test_a_peer_is_identified_by_its_first_bytes(received: bytes, description: str) -> None:
    assert description in describe(received, 0.5)


@given(st.binary(max_size=GREETING_BYTES))
def test_any_bytes_are_described_in_one_short_printable_line(received: bytes) -> None:
    description = describe(received, 0.5)
    assert description.isprintable()
    assert len(description) < 300


def test_a_probe_stops_after_the_greeting_of_a_peer_that_sends_for_ever() -> None:
    with Babbler(GREETING * 100) as babbler:
        _, _, port = babbler.address.rpartition(":")
        assert "did not continue the handshake" in probe_peer("127.0.0.1", int(port), within_s=5.0)


def test_a_peer_that_does_not_listen_is_reported_as_a_failed_connection() -> None:
    assert "the connection failed" in probe_peer("127.0.0.1", free_port(), within_s=1.0)
