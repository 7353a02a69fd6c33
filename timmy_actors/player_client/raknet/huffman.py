"""Compressed strings: a Huffman code over byte values, the same for all strings (`data/huffman.json`)."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.bits import BitReader, BitWriter

LONGEST_CODE = 16
MAX_BYTES = 65_535
MAX_BITS = MAX_BYTES * LONGEST_CODE
WINDOW = (1 << LONGEST_CODE) - 1
REMEMBERED, REMEMBERED_BITS = 2048, 512
"""The most strings whose decoding is remembered, and their longest code: names of things come again and again."""


class _Code(NamedTuple):
    values: tuple[int, ...]
    lengths: tuple[int, ...]
    symbols: bytes
    """The symbol whose code begins with the index of 16 bits."""
    symbol_lengths: bytes


def read_compressed_string(reader: BitReader) -> bytes:
    """Read a string: the number of its bits, then the codes.

    Raises:
        ProtocolError: it is cut off, or longer than any string of the game.
    """
    size = int.from_bytes(reader.compressed(4), "big")
    if size > MAX_BITS or size > reader.left:
        raise ProtocolError(f"the message is cut off: a string of {size} bits is expected at bit {reader.position}")
    decode = _remembered if size <= REMEMBERED_BITS else _decoded
    return decode(reader.bits(size), size)


def _decoded(bits: int, size: int) -> bytes:
    symbols, lengths = _code().symbols, _code().symbol_lengths
    whole = size + 7 & ~7
    data = (bits << whole - size + LONGEST_CODE).to_bytes(whole + LONGEST_CODE >> 3, "big")
    at, text = 0, bytearray()
    while at < size:
        begin = at >> 3
        window = int.from_bytes(data[begin : begin + 3], "big") >> 8 - (at & 7) & WINDOW
        at += lengths[window]
        if at <= size:  # else it is the filling of the last byte
            text.append(symbols[window])
    return bytes(text)


_remembered = lru_cache(REMEMBERED)(_decoded)


def write_compressed_string(writer: BitWriter, text: bytes) -> None:
    """Append a string; the filling up to a whole number of bytes is the begin of the code of byte 0."""
    code = _code()
    size = sum(map(code.lengths.__getitem__, text))
    fill = -size & 7
    writer.compressed((size + fill).to_bytes(4, "big"))
    for byte in text:
        writer.bits(code.values[byte], code.lengths[byte])
    writer.bits(code.values[0] >> (code.lengths[0] - fill), fill)


@cache
def _code() -> _Code:
    table: dict[str, str] = json.loads(
        (files("timmy_actors.player_client") / "data" / "huffman.json").read_text(encoding="ascii")
    )
    codes = [table[str(byte)] for byte in range(256)]
    symbols, lengths = bytearray(1 << LONGEST_CODE), bytearray(1 << LONGEST_CODE)
    for byte, bits in enumerate(codes):
        free = LONGEST_CODE - len(bits)
        begin = int(bits, 2) << free
        symbols[begin : begin + (1 << free)] = bytes((byte,)) * (1 << free)
        lengths[begin : begin + (1 << free)] = bytes((len(bits),)) * (1 << free)
    return _Code(tuple(int(bits, 2) for bits in codes), tuple(map(len, codes)), bytes(symbols), bytes(lengths))
