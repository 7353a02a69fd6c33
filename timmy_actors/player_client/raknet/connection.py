"""One side of a connection: what both the client and a server do once it is open. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.datagrams import Acknowledgement, Frame, Reliability, decode_datagram
from timmy_actors.player_client.raknet.receiving import Incoming
from timmy_actors.player_client.raknet.sending import Outgoing
from timmy_actors.player_client.raknet.system import (
    FIRST_PACKET,
    SystemMessage,
    SystemPing,
    SystemPong,
    decode_system,
    encode_system,
    milliseconds,
)

DEAD_AFTER_S = 10.0
"""Silence after which a peer that owes an acknowledgement is gone; TES3MP's server has the same."""
PING_AFTER_S = DEAD_AFTER_S / 2
"""A side that sent nothing reliable for this long pings, so that a dead link is noticed."""
STOOD_STILL_S = 2.0
"""A call that is this late means that this process stood still; the peer's silence in that time proves nothing."""


@dataclass(frozen=True)
class Message:
    """A whole message of TES3MP."""

    data: bytes


class Established:
    """An open connection. `now` is a monotonic time in seconds in every call; one that goes back is taken as still."""

    def __init__(self, mtu: int, now: float) -> None:
        self.outgoing = Outgoing(mtu)
        self.incoming = Incoming()
        self.malformed = 0
        """Datagrams and system messages that could not be read."""
        self._now = now
        self._patient_from = self._reliable_at = now

    def receive(self, data: bytes, now: float) -> list[Message | SystemMessage]:
        """Take a datagram; what cannot be read changes nothing but a counter."""
        now = self._at(now)
        try:
            datagram = decode_datagram(data)
            if isinstance(datagram, Acknowledgement):
                self.outgoing.acknowledged(datagram, now)
                frames: list[Frame] = []
            else:
                frames = self.incoming.receive(datagram)
        except ProtocolError:
            self.malformed += 1
            return []
        self._patient_from = now
        return list(self._messages(frames, now))

    def send(self, data: bytes, channel: int, now: float) -> None:
        """Queue a message, reliable and ordered in its channel.

        Raises:
            ProtocolError: the peer acknowledges too little for more to be queued.
        """
        self._owes_from(now)
        self.outgoing.send(data, Reliability.RELIABLE_ORDERED, channel)

    def send_system(self, message: SystemMessage, reliability: Reliability, now: float) -> None:
        """Queue a system message."""
        if reliability.reliable:
            self._owes_from(now)
        self.outgoing.send(encode_system(message), reliability)

    def datagrams(self, now: float) -> Iterator[bytes]:
        """The datagrams to send now: acknowledgements first."""
        now = self._at(now)
        if now - self._reliable_at >= PING_AFTER_S:
            self._ping(now)
        acknowledgement = self.incoming.acknowledgement()
        if acknowledgement is not None:
            yield acknowledgement
        yield from self.outgoing.datagrams(now)

    def is_dead(self, now: float) -> bool:
        """Whether the peer owes an acknowledgement and has been silent for too long."""
        return self.outgoing.unacknowledged > 0 and self._at(now) - self._patient_from >= DEAD_AFTER_S

    def next_time(self) -> float:
        """When `datagrams` has something to send again, or the peer may be dead."""
        dead_at = self._patient_from + DEAD_AFTER_S if self.outgoing.unacknowledged else math.inf
        return min(self.outgoing.next_time(), self._reliable_at + PING_AFTER_S, dead_at)

    def _ping(self, now: float) -> None:
        if self.outgoing.unacknowledged:
            self._reliable_at = now  # what waits for an acknowledgement already shows whether the link is dead
        else:
            self.send_system(SystemPing(milliseconds(now)), Reliability.RELIABLE, now)

    def _owes_from(self, now: float) -> None:
        self._reliable_at = self._at(now)
        if not self.outgoing.unacknowledged:
            self._patient_from = self._reliable_at

    def _at(self, now: float) -> float:
        late = now - max(self._now, self.next_time())
        if late > STOOD_STILL_S:
            self._patient_from += late
            self.outgoing.delay(late)
        self._now = max(self._now, now)
        return self._now

    def _messages(self, frames: list[Frame], now: float) -> Iterator[Message | SystemMessage]:
        for frame in frames:
            if frame.data[0] >= FIRST_PACKET:
                yield Message(frame.data)
                continue
            try:
                message = decode_system(frame.data)
            except ProtocolError:
                self.malformed += 1
                continue
            if isinstance(message, SystemPing):
                pong = SystemPong(message.time, milliseconds(now))
                self.send_system(pong, Reliability.UNRELIABLE, now)
            yield message
