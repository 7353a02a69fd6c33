"""The receiving half of a connection: repeats, joining parts, the order of channels, what to acknowledge. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.datagrams import (
    NUMBERS,
    Acknowledgement,
    DataDatagram,
    Frame,
    Reliability,
    in_ranges,
)

WINDOW = 8192
"""How far ahead of the next expected one a number may be: the sender has at most 512 reliable frames on their way."""
MAX_PARTS = 2048
"""The most parts of a message: about 3 MB."""
MAX_JOINS = 64
"""The most messages that are being joined at once."""
MAX_JOINED_BYTES = 16 << 20
"""The most bytes of parts that wait for the rest."""
MAX_EARLY_BYTES = 16 << 20
"""The most bytes of messages that wait for an earlier one of their channel."""


def ahead(number: int, of: int) -> int:
    """How far a 24-bit number is ahead of another one; negative: behind."""
    distance = (number - of) % NUMBERS
    return distance - NUMBERS if distance >= NUMBERS // 2 else distance


@dataclass
class _Seen:
    """The reliable numbers that have arrived: all before `next`, and some after it."""

    next: int = 0
    later: set[int] = field(default_factory=set)

    def add(self, number: int) -> bool:
        """Whether the number is new."""
        if number == self.next and not self.later:
            self.next = (number + 1) % NUMBERS
            return True
        if ahead(number, self.next) < 0 or number in self.later:
            return False
        self.later.add(number)
        while self.next in self.later:
            self.later.remove(self.next)
            self.next = (self.next + 1) % NUMBERS
        return True


@dataclass
class _Channel:
    next: int = 0
    early: dict[int, Frame] = field(default_factory=dict)
    early_bytes: int = 0

    def in_order(self, frame: Frame) -> Iterator[Frame]:
        """The frames that can be delivered now."""
        if frame.ordering_index == self.next and not self.early:
            self.next = (self.next + 1) % NUMBERS
            yield frame
            return
        if ahead(frame.ordering_index, self.next) < 0 or frame.ordering_index in self.early:
            return
        self.early[frame.ordering_index] = frame
        self.early_bytes += len(frame.data)
        while self.next in self.early:
            early = self.early.pop(self.next)
            self.early_bytes -= len(early.data)
            yield early
            self.next = (self.next + 1) % NUMBERS


class Incoming:
    """What this side receives. A datagram that cannot be taken is not acknowledged: the peer sends it again."""

    def __init__(self) -> None:
        self._seen = _Seen()
        self._channels: dict[int, _Channel] = {}
        self._joins: dict[int, dict[int, Frame]] = {}
        self._joined_bytes = 0
        self._unacknowledged: set[int] = set()
        self.repeated = 0
        """Frames that had arrived before."""
        self.dropped = 0
        """Frames of a kind that TES3MP does not use."""

    def receive(self, datagram: DataDatagram) -> list[Frame]:
        """The whole messages that can be delivered now, in the order of their channels.

        Raises:
            ProtocolError: a frame is outside of what may be on its way; nothing of the datagram was taken.
        """
        for frame in datagram.frames:
            self._check(frame)
        self._unacknowledged.add(datagram.number)
        return [message for frame in datagram.frames for message in self._take(frame)]

    def acknowledgement(self) -> bytes | None:
        """The datagram that acknowledges everything since the last one; None: there was nothing."""
        if not self._unacknowledged:
            return None
        ranges = in_ranges(self._unacknowledged)
        self._unacknowledged.clear()
        return Acknowledgement(ranges).encode()

    def _check(self, frame: Frame) -> None:
        if frame.reliability.reliable and ahead(frame.reliable_number, self._seen.next) > WINDOW:
            raise ProtocolError(f"reliable number {frame.reliable_number} is too far ahead of {self._seen.next}")
        channel = self._channels.get(frame.channel)
        expected = channel.next if channel else 0
        early = ahead(frame.ordering_index, expected)
        if frame.reliability is Reliability.RELIABLE_ORDERED and early > WINDOW:
            raise ProtocolError(f"ordering index {frame.ordering_index} is too far ahead of {expected}")
        if early > 0 and self._early_bytes() + len(frame.data) > MAX_EARLY_BYTES:
            raise ProtocolError(f"channel {frame.channel} waits for message {expected}: no room for later ones")
        if frame.split is not None:
            self._check_part(frame, frame.split.count, self._joins.get(frame.split.identity))

    def _early_bytes(self) -> int:
        return sum(channel.early_bytes for channel in self._channels.values())

    def _check_part(self, frame: Frame, count: int, parts: dict[int, Frame] | None) -> None:
        if count > MAX_PARTS or self._joined_bytes + len(frame.data) > MAX_JOINED_BYTES:
            raise ProtocolError(f"a message of {count} parts is too long")
        if parts is None and len(self._joins) >= MAX_JOINS:
            raise ProtocolError(f"{MAX_JOINS} messages are being joined already")
        first = next(iter(parts.values())).split if parts else None
        if first is not None and first.count != count:
            raise ProtocolError("a part belongs to a message of another length")

    def _take(self, frame: Frame) -> Iterator[Frame]:
        if frame.reliability.sequenced:
            self.dropped += 1
            return
        if frame.reliability.reliable and not self._seen.add(frame.reliable_number):
            self.repeated += 1
            return
        whole = frame if frame.split is None else self._join(frame)
        if whole is None:
            return
        if whole.reliability is Reliability.RELIABLE_ORDERED:
            yield from self._channels.setdefault(whole.channel, _Channel()).in_order(whole)
        else:
            yield whole

    def _join(self, frame: Frame) -> Frame | None:
        split = frame.split
        if split is None:
            return frame
        parts = self._joins.setdefault(split.identity, {})
        if split.index in parts:
            return None
        parts[split.index] = frame
        self._joined_bytes += len(frame.data)
        if len(parts) < split.count:
            return None
        del self._joins[split.identity]
        data = b"".join(parts[index].data for index in range(split.count))
        self._joined_bytes -= len(data)
        return Frame(frame.reliability, data, ordering_index=frame.ordering_index, channel=frame.channel)
