"""A small run of `make fuzz-player-client`."""

from __future__ import annotations

from tests.fuzz.datagram_fuzz import fuzz


def test_mutated_datagrams_raise_no_error() -> None:
    assert fuzz(2000, seed=1) == 0
