"""Bit streams and compressed strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.bits import BitReader, BitWriter
from timmy_actors.player_client.raknet.huffman import read_compressed_string, write_compressed_string

PIECES = st.lists(
    st.one_of(
        st.integers(1, 64).flatmap(
            lambda size: st.tuples(st.just("bits"), st.integers(0, (1 << size) - 1), st.just(size))
        ),
        st.tuples(st.just("octets"), st.binary(max_size=90), st.none()),
        st.tuples(st.just("compressed"), st.binary(min_size=1, max_size=24), st.none()),
        st.tuples(st.just("string"), st.binary(max_size=40), st.none()),
    ),
    max_size=20,
)


@given(PIECES)
def test_what_is_written_is_read(pieces: list[tuple[str, object, int | None]]) -> None:
    writer = BitWriter()
    for kind, value, size in pieces:
        if kind == "bits":
            writer.bits(value, size)  # type: ignore[arg-type]
        elif kind == "octets":
            writer.octets(value)  # type: ignore[arg-type]
        elif kind == "compressed":
            writer.compressed(value)  # type: ignore[arg-type]
        else:
            write_compressed_string(writer, value)  # type: ignore[arg-type]
    reader = BitReader(writer.to_bytes())
    for kind, value, size in pieces:
        if kind == "bits":
            assert reader.bits(size or 0) == value
        elif kind == "octets":
            assert reader.octets(len(value)) == value  # type: ignore[arg-type]
        elif kind == "compressed":
            assert reader.compressed(len(value)) == value  # type: ignore[arg-type]
        else:
            assert read_compressed_string(reader) == value
    assert reader.left < 8


def written(text: bytes) -> BitWriter:
    writer = BitWriter()
    write_compressed_string(writer, text)
    return writer


@pytest.mark.parametrize(("text", "bits", "expected"), [(b"", 8, "f0"), (b"Timmy", 65, "0000001054934d2b00")])
def test_a_compressed_string_has_the_bits_of_the_recording(text: bytes, bits: int, expected: str) -> None:
    writer = written(text)
    assert (writer.position, writer.to_bytes().hex()) == (bits, expected)


@pytest.mark.parametrize(("number", "bits"), [(0, 8), (56, 33)])
def test_zeros_at_the_end_of_a_compressed_number_cost_a_bit_each(number: int, bits: int) -> None:
    writer = BitWriter()
    writer.compressed(number.to_bytes(4, "big"))
    assert writer.position == bits


@pytest.mark.parametrize("cut", range(9))
def test_a_string_that_is_cut_off_is_an_error(cut: int) -> None:
    with pytest.raises(ProtocolError, match="cut off"):
        read_compressed_string(BitReader(written(b"Timmy").to_bytes()[:cut]))


def test_numbers_beyond_the_end_are_an_error() -> None:
    reader = BitReader(b"\1\2")
    with pytest.raises(ProtocolError, match="17 bits are expected at bit 0"):
        reader.bits(17)
    reader.bit()
    with pytest.raises(ProtocolError, match="cut off"):
        reader.octets(2)
    assert reader.left == 15
