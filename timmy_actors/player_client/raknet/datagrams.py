"""Connected datagrams: frames with their reliability, and acknowledgements. RakNet 4, as on TES3MP's wire."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

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

    @property
    def reliable(self) -> bool:
        """Whether it is sent again until it is acknowledged."""
        return self >= Reliability.RELIABLE

    @property
    def sequenced(self) -> bool:
        """Whether an older frame is dropped after a newer one."""
        return self in (Reliability.UNRELIABLE_SEQUENCED, Reliability.RELIABLE_SEQUENCED)

    @property
    def has_channel(self) -> bool:
        """Whether it belongs to an ordering channel."""
        return self.sequenced or self is Reliability.RELIABLE_ORDERED


@dataclass(frozen=True)
class Split:
    """Which part of a long message a frame carries."""

    count: int
    identity: int
    index: int


@dataclass(frozen=True)
class Frame:
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
        kind = self.reliability
        size = _SIZE.size + 3 * kind.reliable + 3 * kind.sequenced + 4 * kind.has_channel
        return size + (_SPLIT.size if self.split else 0)

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
    cursor = _Cursor(data)
    head = cursor.octet()
    if head & 0xF0 == ACK or head & 0xE0 == NAK:
        return _acknowledgement(cursor, missing=head & 0xF0 != ACK)
    if not head & CONNECTED or head & 0x60:
        raise ProtocolError(f"no datagram begins with {head:#04x}")
    number, frames = cursor.number(), []
    while cursor.left >= SHORTEST_FRAME and not cursor.only_zeros():
        frames.append(_frame(cursor))
    return DataDatagram(number, tuple(frames), continuous=bool(head & CONTINUOUS))


def _acknowledgement(cursor: _Cursor, *, missing: bool) -> Acknowledgement:
    count, ranges = cursor.unsigned(2), []
    if count > MAX_RANGES:
        raise ProtocolError(f"{count} ranges of datagram numbers are too many")
    for _ in range(count):
        single, first = cursor.octet(), cursor.number()
        last = first if single else cursor.number()
        if last < first:
            raise ProtocolError(f"a range of datagram numbers ends before it begins: {first} to {last}")
        ranges.append((first, last))
    return Acknowledgement(tuple(ranges), missing)


def _frame(cursor: _Cursor) -> Frame:
    flags, bits = cursor.octet(), cursor.unsigned(2)
    if flags >> 5 > Reliability.RELIABLE_SEQUENCED or not bits:
        raise ProtocolError(f"no frame has the flags {flags:#04x} and {bits} bits")
    kind = Reliability(flags >> 5)
    reliable_number = cursor.number() if kind.reliable else 0
    sequencing_index = cursor.number() if kind.sequenced else 0
    ordering_index, channel = (cursor.number(), cursor.octet()) if kind.has_channel else (0, 0)
    split = Split(cursor.unsigned(4), cursor.unsigned(2), cursor.unsigned(4)) if flags & SPLIT_FLAG else None
    if channel >= CHANNELS or (split and split.index >= split.count):
        raise ProtocolError("a frame has a channel or a part that cannot be")
    data = cursor.octets((bits + 7) // 8)
    odd = bits if bits % 8 else None
    return Frame(kind, data, reliable_number, sequencing_index, ordering_index, channel, split, odd)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def octets(self, count: int) -> bytes:
        if count > self.left:
            raise ProtocolError(f"the datagram is cut off: {count} bytes are expected at byte {self._at}")
        self._at += count
        return self._data[self._at - count : self._at]

    def octet(self) -> int:
        return self.octets(1)[0]

    def unsigned(self, size: int) -> int:
        return int.from_bytes(self.octets(size), "big")

    def number(self) -> int:
        return int.from_bytes(self.octets(3), "little")

    def only_zeros(self) -> bool:
        return not any(self._data[self._at :])
