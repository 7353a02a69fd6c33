"""Codecs of single values. Each reads what a peer sent (`ProtocolError`) and writes what we built (`ValueError`)."""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.bits import BitReader, BitWriter
from timmy_actors.player_client.raknet.huffman import read_compressed_string, write_compressed_string

MAX_TEXT_BYTES = 65_535
"""The longest string: its length is 16 bits."""
MAX_TILE_BYTES = 1800
"""The longest image of a map tile."""
FALLBACK_ENCODING = "cp1252"
"""The encoding of names in the game's western data files, for bytes that are not UTF-8."""
UNIT_STEPS = 32767.5
"""Steps of a compressed float from 0 to 1."""
ROUNDING = 1e-6
"""Absorbs the error of a float that came from a whole number of steps."""

Scope = Mapping[str, Any]
"""The members of a structure that were read or will be written, by name."""


class Codec(ABC):
    """Reads and writes one value; `scope` has the members beside it, on which a form may depend."""

    @abstractmethod
    def read(self, reader: BitReader, scope: Scope) -> Any:
        """Read a value.

        Raises:
            ProtocolError: the message is cut off, or has a value that cannot be.
        """

    @abstractmethod
    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a value.

        Raises:
            ValueError: this type cannot carry the value.
        """


@dataclass(frozen=True)
class Bit(Codec):
    """A boolean."""

    def read(self, reader: BitReader, scope: Scope) -> bool:
        """Read one bit."""
        del scope
        return reader.bit()

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append one bit."""
        del scope
        writer.bits(bool(value), 1)


@dataclass(frozen=True)
class Integer(Codec):
    """A whole number of `size` bits."""

    size: int
    signed: bool = False

    def read(self, reader: BitReader, scope: Scope) -> int:
        """Read a number."""
        del scope
        value = reader.bits(self.size)
        return value - (1 << self.size) if self.signed and value >> (self.size - 1) else value

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a number."""
        del scope
        lowest = -(1 << (self.size - 1)) if self.signed else 0
        if not isinstance(value, int) or not lowest <= value < lowest + (1 << self.size):
            raise ValueError(f"must be a whole number from {lowest} to {lowest + (1 << self.size) - 1}: {value!r}")
        writer.bits(value & ((1 << self.size) - 1), self.size)


class Record(Codec):
    """A C structure, written whole: its memory image (little-endian) is reversed; compressed, zeros are left out.

    Args:
        form: the structure, as `struct` writes it. The value is a tuple, or the number if there is one only.
        unset_from: the first number that a server may never have set, and sends as its memory has it; None: there is
            none.
    """

    def __init__(self, form: str, *, compressed: bool = False, unset_from: int | None = None) -> None:
        self.form = struct.Struct("<" + form)
        self.compressed = compressed
        self.unset_from = unset_from
        self.single = len(self.form.unpack(bytes(self.form.size))) == 1

    def read(self, reader: BitReader, scope: Scope) -> Any:
        """Read a structure; a float must be finite, or is 0 where it may be unset."""
        del scope
        size = self.form.size
        image = reader.compressed(size) if self.compressed else reader.octets(size)
        values = self.form.unpack(image[::-1])
        if not all(map(math.isfinite, values)):
            if not self._is_set(values):
                raise ProtocolError("a number is not finite")
            values = tuple(value if math.isfinite(value) else 0.0 for value in values)
        return values[0] if self.single else values

    def _is_set(self, values: tuple[Any, ...]) -> bool:
        """Whether the numbers that cannot be unset are finite."""
        return all(map(math.isfinite, values if self.unset_from is None else values[: self.unset_from]))

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a structure."""
        del scope
        values = (value,) if self.single else tuple(value)
        try:
            if not self._is_set(values):
                raise ValueError(f"must be finite: {value!r}")
            image = self.form.pack(*values)[::-1]
        except (struct.error, TypeError, OverflowError) as error:
            raise ValueError(f"{error}: {value!r}") from error
        if self.compressed:
            writer.compressed(image)
        else:
            writer.octets(image)


@dataclass(frozen=True)
class UnitFloat(Codec):
    """A compressed float: 16 bits for -1 to 1; anything beyond is limited."""

    def read(self, reader: BitReader, scope: Scope) -> float:
        """Read a number from -1 to 1."""
        del scope
        return reader.bits(16) / UNIT_STEPS - 1.0

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a number."""
        del scope
        if not math.isfinite(value):
            raise ValueError(f"must be finite: {value!r}")
        writer.bits(int((min(1.0, max(-1.0, value)) + 1.0) * UNIT_STEPS + ROUNDING), 16)


@dataclass(frozen=True)
class Text(Codec):
    """A string: plain (a length, then whole bytes), or compressed (Huffman codes, not aligned)."""

    compressed: bool = False

    def read(self, reader: BitReader, scope: Scope) -> str:
        """Read a string up to its first zero byte; one that is not UTF-8 is read as the game's western encoding."""
        del scope
        raw = (read_compressed_string(reader) if self.compressed else _read_plain(reader)).partition(b"\0")[0]
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode(FALLBACK_ENCODING, errors="replace")

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a string as UTF-8."""
        del scope
        raw = value.encode() if isinstance(value, str) else None
        if raw is None or len(raw) > MAX_TEXT_BYTES or b"\0" in raw:
            raise ValueError(f"must be a text of at most {MAX_TEXT_BYTES} bytes, without zero bytes")
        if self.compressed:
            write_compressed_string(writer, raw)
            return
        writer.bits(len(raw), 16)
        writer.align()
        writer.octets(raw)


def _read_plain(reader: BitReader) -> bytes:
    size = reader.bits(16)
    reader.align()
    return reader.octets(size)


@dataclass(frozen=True)
class Image(Codec):
    """The bytes of a map tile."""

    def read(self, reader: BitReader, scope: Scope) -> bytes:
        """Read the size, and the bytes."""
        del scope
        size = reader.bits(32)
        if size > MAX_TILE_BYTES:
            raise ProtocolError(f"an image of {size} bytes is too large")
        return reader.octets(size)

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append the size, and the bytes."""
        del scope
        if len(value) > MAX_TILE_BYTES:
            raise ValueError(f"must be at most {MAX_TILE_BYTES} bytes")
        writer.bits(len(value), 32)
        writer.octets(value)


@dataclass(frozen=True)
class Plugins(Codec):
    """The list of data files with their CRC-32 checksums: first all sizes, then all names and checksums."""

    def read(self, reader: BitReader, scope: Scope) -> list[dict[str, Any]]:
        """Read the list; a file's list of checksums may be empty."""
        del scope
        count = _bounded_count(reader)
        sizes = [(reader.bits(32), reader.bits(32))[1] for _ in range(count)]
        plugins = []
        for hashes in sizes:
            if hashes * 32 > reader.left:
                raise ProtocolError(f"the message is cut off: {hashes} checksums are expected")
            name = Text().read(reader, {})
            plugins.append({"name": name, "hashes": [reader.bits(32) for _ in range(hashes)]})
        return plugins

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append the list."""
        del scope
        number = Integer(32)
        number.write(writer, len(value), {})
        for plugin in value:
            number.write(writer, len(plugin["name"].encode()), {})
            number.write(writer, len(plugin["hashes"]), {})
        for plugin in value:
            Text().write(writer, plugin["name"], {})
            for checksum in plugin["hashes"]:
                number.write(writer, checksum, {})


def _bounded_count(reader: BitReader) -> int:
    count = reader.bits(32)
    if count > reader.left:
        raise ProtocolError(f"the message is cut off: a list of {count} is expected at bit {reader.position}")
    return count


SCALARS: dict[str, Codec] = {
    "bit": Bit(),
    "u8": Integer(8),
    "i8": Integer(8, signed=True),
    "u16": Integer(16),
    "i16": Integer(16, signed=True),
    "u32": Integer(32),
    "i32": Integer(32, signed=True),
    "u64": Integer(64),
    "f32": Record("f"),
    "f64": Record("d"),
    "cf32": UnitFloat(),
    "str": Text(),
    "cstr": Text(compressed=True),
    "image": Image(),
    "plugins": Plugins(),
}
"""The types of the notation, by name."""
