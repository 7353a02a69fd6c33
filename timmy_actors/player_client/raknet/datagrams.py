"""Connected datagrams: frames with their reliability, and acknowledgements. RakNet 4, as on TES3MP's wire."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from timmy_actors.errors import ProtocolError

CONNECTED = 0x80
ACK, NAK = 0xC0, 0xA0
DATA = 0x84
"""A data datagram; `CONTINUOUS` more says that the sender has more to send."""
CONTINUOUS = 0x08
NUMBERS = 1 << 24
"""Datagram, reliable and ordering numbers have 24 bits, and start again at 0."""
CHANNELS = 32
SPLIT_FLAG = 0x10
SHORTEST_FRAME = 4
"""Fewer bytes at a datagram's end are padding."""
MAX_RANGES = 1024

_SPLIT = struct.Struct(">IHI")
_SIZE = struct.Struct(">BH")


class Reliability(IntEnum):
    """How a frame is delivered."""

    UNRELIABLE = 0
    UNRELIABLE_SEQUENCED = 1
    RELIABLE = 2
    RELIABLE_ORDERED = 3
    RELIABLE_SEQUENCED = 4

    reliable: bool
    """Whether it is sent again until it is acknowledged."""
    sequenced: bool
    """Whether an older frame is dropped after a newer one."""
    has_channel: bool
    """Whether it belongs to an ordering channel."""
    header_size: int
    """The bytes before the data of a whole message."""

    def __init__(self, number: int) -> None:
        self.reliable = number >= 2
        self.sequenced = number in (1, 4)
        self.has_channel = number in (1, 3, 4)
        self.header_size = _SIZE.size + 3 * self.reliable + 3 * self.sequenced + 4 * self.has_channel


_KINDS = tuple(Reliability)


@dataclass(frozen=True)
class Split:
    """Which part of a long message a frame carries."""

    count: int
    identity: int
    index: int


class Frame(NamedTuple):
    """A message, or a part of one."""

    reliability: Reliability
    data: bytes
    reliable_number: int = 0
    sequencing_index: int = 0
    ordering_index: int = 0
    channel: int = 0
    split: Split | None = None
    bits: int | None = None
    """The length in bits, where it is no whole number of bytes."""

    def header_size(self) -> int:
        """The bytes before the data."""
        return self.reliability.header_size + (_SPLIT.size if self.split else 0)

    def encode(self) -> bytes:
        """The frame's bytes."""
        kind = self.reliability
        bits = len(self.data) * 8 if self.bits is None else self.bits
        parts = [_SIZE.pack(kind << 5 | (SPLIT_FLAG if self.split else 0), bits)]
        if kind.reliable:
            parts.append(self.reliable_number.to_bytes(3, "little"))
        if kind.sequenced:
            parts.append(self.sequencing_index.to_bytes(3, "little"))
        if kind.has_channel:
            parts.append(self.ordering_index.to_bytes(3, "little") + bytes((self.channel,)))
        if self.split:
            parts.append(_SPLIT.pack(self.split.count, self.split.identity, self.split.index))
        parts.append(self.data)
        return b"".join(parts)


@dataclass(frozen=True)
class DataDatagram:
    """Frames under a datagram number."""

    number: int
    frames: tuple[Frame, ...]
    continuous: bool = False

    def encode(self) -> bytes:
        """The datagram's bytes."""
        head = bytes((DATA | (CONTINUOUS if self.continuous else 0),)) + self.number.to_bytes(3, "little")
        return head + b"".join(frame.encode() for frame in self.frames)


@dataclass(frozen=True)
class Acknowledgement:
    """Ranges of datagram numbers, first and last, that arrived (or `missing`: that did not)."""

    ranges: tuple[tuple[int, int], ...]
    missing: bool = False

    def encode(self) -> bytes:
        """The datagram's bytes."""
        parts = [struct.pack(">BH", NAK if self.missing else ACK, len(self.ranges))]
        for first, last in self.ranges:
            parts.append(bytes((first == last,)) + first.to_bytes(3, "little"))
            if first != last:
                parts.append(last.to_bytes(3, "little"))
        return b"".join(parts)


def in_ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as ranges of neighbours."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def decode_datagram(data: bytes) -> DataDatagram | Acknowledgement:
    """Parse a connected datagram.

    Raises:
        ProtocolError: it is cut off, or not a datagram of this protocol.
    """
    head = data[0] if data else 0
    if head & 0xF0 == ACK or head & 0xE0 == NAK:
        return _acknowledgement(data, missing=head & 0xF0 != ACK)
    if not head & CONNECTED or head & 0x60:
        raise ProtocolError(f"no datagram begins with {head:#04x}")
    number, at, frames = _number(data, 1), 4, []
    while len(data) - at >= SHORTEST_FRAME and (data[at] or any(data[at:])):
        frame, at = _frame(data, at)
        frames.append(frame)
    return DataDatagram(number, tuple(frames), continuous=bool(head & CONTINUOUS))


def _acknowledgement(data: bytes, *, missing: bool) -> Acknowledgement:
    _require(data, 3)
    count, at, ranges = int.from_bytes(data[1:3], "big"), 3, []
    if count > MAX_RANGES:
        raise ProtocolError(f"{count} ranges of datagram numbers are too many")
    for _ in range(count):
        first = last = _number(data, at + 1)
        single = data[at]
        at += 4
        if not single:
            last = _number(data, at)
            at += 3
        if last < first:
            raise ProtocolError(f"a range of datagram numbers ends before it begins: {first} to {last}")
        ranges.append((first, last))
    return Acknowledgement(tuple(ranges), missing)


def _frame(data: bytes, at: int) -> tuple[Frame, int]:
    """The frame at a position, and where the next one begins."""
    flags, bits = data[at], data[at + 1] << 8 | data[at + 2]
    if flags >> 5 > Reliability.RELIABLE_SEQUENCED or not bits:
        raise ProtocolError(f"no frame has the flags {flags:#04x} and {bits} bits")
    kind, split = _KINDS[flags >> 5], None
    begin = at + kind.header_size
    if flags & SPLIT_FLAG:
        _require(data, begin + _SPLIT.size)
        split = Split(*_SPLIT.unpack_from(data, begin))
        begin += _SPLIT.size
    end = begin + (bits + 7 >> 3)
    _require(data, end)
    at += _SIZE.size
    reliable_number = sequencing_index = ordering_index = channel = 0
    if kind.reliable:
        reliable_number = _number(data, at)
        at += 3
    if kind.sequenced:
        sequencing_index = _number(data, at)
        at += 3
    if kind.has_channel:
        ordering_index, channel = _number(data, at), data[at + 3]
    if channel >= CHANNELS or (split and split.index >= split.count):
        raise ProtocolError("a frame has a channel or a part that cannot be")
    odd = bits if bits & 7 else None
    return Frame(kind, data[begin:end], reliable_number, sequencing_index, ordering_index, channel, split, odd), end


def _number(data: bytes, at: int) -> int:
    _require(data, at + 3)
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16


def _require(data: bytes, size: int) -> None:
    if size > len(data):
        raise ProtocolError(f"the datagram is cut off: it has {len(data)} bytes, and needs {size}")
