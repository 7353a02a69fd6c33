"""The sending half of a connection: numbers, splitting, packing into datagrams, and resending. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.datagrams import (
    NUMBERS,
    Acknowledgement,
    DataDatagram,
    Frame,
    Reliability,
    Split,
)
from timmy_actors.player_client.raknet.offline import UDP_HEADER

DATAGRAM_HEADER = 9
"""Bytes that a datagram's header may take, as the original reckons."""
SPLIT_FRAME_HEADER = 23
"""Bytes that a part's header may take, as the original reckons."""
FIRST_TIMEOUT_S = 0.5
"""The wait for an acknowledgement while no round trip is known; the original waits 2 s."""
EXTRA_TIMEOUT_S = 0.03
"""What a receiver may wait before it acknowledges (10 ms, at most 21 ms seen), and some more."""
LONGEST_TIMEOUT_S = 2.0
MAX_DOUBLINGS = 6
"""Each time a frame is sent again, the next wait is twice as long (RFC 6298): a silent server is not flooded."""
MAX_UNACKNOWLEDGED = 512
"""Reliable frames on their way; the original has no room for more."""
MAX_WAITING = 8192
"""Frames that wait for room: a peer that acknowledges nothing must not fill the memory."""
MAX_DATAGRAMS = 4096
"""Datagrams whose time of sending is remembered."""


@dataclass
class _Pending:
    frame: Frame
    due: float
    """When it is sent again."""
    resends: int = 0


@dataclass(frozen=True)
class _Sent:
    at: float
    reliable_numbers: tuple[int, ...]


class RoundTrip:
    """The estimate of the round trip, and from it how long to wait for an acknowledgement (as RFC 6298 does)."""

    def __init__(self) -> None:
        self.mean_s: float | None = None
        self._deviation_s = 0.0

    def measured(self, seconds: float) -> None:
        """Take a measurement into account."""
        if self.mean_s is None:
            self.mean_s, self._deviation_s = seconds, seconds / 2
            return
        self._deviation_s += (abs(seconds - self.mean_s) - self._deviation_s) / 4
        self.mean_s += (seconds - self.mean_s) / 8

    @property
    def timeout_s(self) -> float:
        """How long to wait before a frame is sent again."""
        if self.mean_s is None:
            return FIRST_TIMEOUT_S
        return min(LONGEST_TIMEOUT_S, 2 * self.mean_s + 4 * self._deviation_s + EXTRA_TIMEOUT_S)


class Outgoing:
    """What this side sends. A frame that is sent again keeps its reliable number and travels in a new datagram."""

    def __init__(self, mtu: int) -> None:
        self._payload = mtu - UDP_HEADER
        self.round_trip = RoundTrip()
        self.resent = 0
        """Frames that were sent again."""
        self._waiting: deque[Frame] = deque()
        self._pending: OrderedDict[int, _Pending] = OrderedDict()
        self._sent: OrderedDict[int, _Sent] = OrderedDict()
        self._waiting_reliable = 0
        self._next_datagram = self._next_reliable = self._next_split = 0
        self._next_ordering: dict[int, int] = {}

    @property
    def unacknowledged(self) -> int:
        """The reliable frames that the peer has not acknowledged, or that were not sent yet."""
        return len(self._pending) + self._waiting_reliable

    def send(self, data: bytes, reliability: Reliability, channel: int = 0) -> None:
        """Queue a message; an unreliable one for which there is no room is dropped.

        Raises:
            ProtocolError: the peer acknowledges too little for more to be queued.
        """
        if len(self._waiting) >= MAX_WAITING:
            if not reliability.reliable:
                return
            raise ProtocolError(f"{MAX_WAITING} messages wait: the server does not acknowledge what it is sent")
        index = 0
        if reliability is Reliability.RELIABLE_ORDERED:
            index = self._next_ordering.get(channel, 0)
            self._next_ordering[channel] = (index + 1) % NUMBERS
        frame = Frame(reliability, data, ordering_index=index, channel=channel)
        for part in self._split(frame):
            if reliability.reliable:
                part = part._replace(reliable_number=self._next_reliable)  # noqa: PLW2901  numbered in this order
                self._next_reliable = (self._next_reliable + 1) % NUMBERS
            self._waiting.append(part)
            self._waiting_reliable += reliability.reliable

    def datagrams(self, now: float) -> Iterator[bytes]:
        """The datagrams that are to be sent now."""
        frames = list(self._due(now))
        while self._waiting and len(self._pending) < MAX_UNACKNOWLEDGED:
            frame = self._waiting.popleft()
            frames.append(frame)
            if frame.reliability.reliable:
                self._waiting_reliable -= 1
                self._pending[frame.reliable_number] = _Pending(frame, now + self.round_trip.timeout_s)
        for group in self._packed(frames):
            yield self._datagram(group, now)

    def acknowledged(self, message: Acknowledgement, now: float) -> None:
        """Take an acknowledgement into account; of a NAK, send again what it names."""
        for number in within(self._sent, message.ranges):
            sent = self._sent[number]
            if message.missing:
                for reliable_number in sent.reliable_numbers:
                    if reliable_number in self._pending:
                        self._pending[reliable_number].due = now
                continue
            del self._sent[number]
            self.round_trip.measured(max(0.0, now - sent.at))
            for reliable_number in sent.reliable_numbers:
                self._pending.pop(reliable_number, None)

    def next_time(self) -> float:
        """When there is something to send again; infinite if nothing is on its way."""
        return min((pending.due for pending in self._pending.values()), default=math.inf)

    def delay(self, seconds: float) -> None:
        """Put off what is due: this process stood still, and acknowledgements wait in the socket."""
        for pending in self._pending.values():
            pending.due += seconds

    def _split(self, frame: Frame) -> Iterator[Frame]:
        room = self._payload - DATAGRAM_HEADER
        if frame.header_size() + len(frame.data) <= room:
            yield frame
            return
        step = room - SPLIT_FRAME_HEADER
        count, identity = -(-len(frame.data) // step), self._next_split
        self._next_split = (identity + 1) % (1 << 16)
        for index in range(count):
            part = frame.data[index * step : (index + 1) * step]
            yield frame._replace(data=part, split=Split(count, identity, index))

    def _due(self, now: float) -> Iterator[Frame]:
        for pending in self._pending.values():
            if pending.due <= now:
                pending.resends += 1
                wait_s = self.round_trip.timeout_s * 2 ** min(pending.resends, MAX_DOUBLINGS)
                pending.due = now + min(LONGEST_TIMEOUT_S, wait_s)
                self.resent += 1
                yield pending.frame

    def _packed(self, frames: list[Frame]) -> Iterator[list[Frame]]:
        group: list[Frame] = []
        size = 0
        for frame in frames:
            length = frame.header_size() + len(frame.data)
            if group and size + length > self._payload - DATAGRAM_HEADER:
                yield group
                group, size = [], 0
            group.append(frame)
            size += length
        if group:
            yield group

    def _datagram(self, frames: list[Frame], now: float) -> bytes:
        number = self._next_datagram
        self._next_datagram = (number + 1) % NUMBERS
        numbers = tuple(frame.reliable_number for frame in frames if frame.reliability.reliable)
        self._sent[number] = _Sent(now, numbers)
        if len(self._sent) > MAX_DATAGRAMS:
            self._sent.popitem(last=False)
        return DataDatagram(number, tuple(frames)).encode()


def within(numbers: Iterable[int], ranges: tuple[tuple[int, int], ...]) -> list[int]:
    """The numbers that are in one of the ranges: no product of their lengths, which the peer chooses both."""
    ordered = sorted(ranges)
    firsts = [first for first, _ in ordered]
    lasts = list(accumulate((last for _, last in ordered), max))
    return [each for each in numbers if (before := bisect_right(firsts, each)) and each <= lasts[before - 1]]
