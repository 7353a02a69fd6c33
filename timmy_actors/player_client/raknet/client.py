"""The client's end of the transport: the handshake, the connection, and how it ends. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.connection import Established, Message
from timmy_actors.player_client.raknet.datagrams import CONNECTED, Reliability
from timmy_actors.player_client.raknet.offline import (
    MTUS,
    Address,
    OfflineId,
    OfflineMessage,
    OpenReply1,
    OpenReply2,
    OpenRequest1,
    OpenRequest2,
    Refused,
    decode_offline,
)
from timmy_actors.player_client.raknet.system import (
    Accepted,
    ConnectionRequest,
    NewConnection,
    Notice,
    SystemId,
    SystemMessage,
    SystemPing,
    milliseconds,
)

CONNECT_WITHIN_S = 10.0
"""How long the whole handshake may take; the server allows 10 s from its second reply."""
RETRY_S = 0.5
"""How long to wait for an answer to an offline request, as TES3MP's own client."""
TRIES_PER_MTU = 2
FAREWELL_WITHIN_S = 2.0
"""How long to wait for the acknowledgement of a disconnection."""


class EndReason(Enum):
    """Why a connection ended."""

    NO_ANSWER = auto()
    WRONG_VERSION = auto()
    """The server speaks another version of RakNet."""
    FULL = auto()
    BANNED = auto()
    ALREADY_CONNECTED = auto()
    TOO_RECENT = auto()
    """The server lets an address connect only so often."""
    WRONG_PASSWORD = auto()
    """The version or the commit in the connection's password is not the server's."""
    NOT_ACCEPTED = auto()
    """The server opened the connection and did not go on."""
    DISCONNECTED = auto()
    """The server ended it."""
    LOST = auto()
    """The server acknowledged nothing for a while."""
    CLOSED = auto()
    """This side ended it."""


@dataclass(frozen=True)
class Connected:
    """The handshake is done: packets can be sent."""

    mtu: int


@dataclass(frozen=True)
class Ended:
    """The connection is over; nothing comes after this."""

    reason: EndReason
    server_version: int | None = None


ClientEvent = Connected | Message | Ended

_REFUSALS = {
    OfflineId.WRONG_VERSION: EndReason.WRONG_VERSION,
    OfflineId.FULL: EndReason.FULL,
    OfflineId.BANNED: EndReason.BANNED,
    OfflineId.ALREADY_CONNECTED: EndReason.ALREADY_CONNECTED,
    OfflineId.TOO_RECENT: EndReason.TOO_RECENT,
}
_NOTICES = {
    SystemId.WRONG_PASSWORD: EndReason.WRONG_PASSWORD,
    SystemId.FULL: EndReason.FULL,
    SystemId.BANNED: EndReason.BANNED,
    SystemId.DISCONNECTED: EndReason.DISCONNECTED,
}


class _State(Enum):
    PROBING = auto()
    OPENING = auto()
    REQUESTING = auto()
    CONNECTED = auto()
    LEAVING = auto()
    ENDED = auto()


class RakNetClient:
    """Connects to a server.

    The caller passes in every datagram that arrives (`receive`) and calls `advance` at `next_time`; after either it
    sends what `datagrams` returns. Times are monotonic, in seconds.

    Args:
        server: the server's IPv4 address and port.
        guid: this session's identity: random, new for each connection.
        password: the connection's password (see `connection_password`).
    """

    def __init__(self, server: Address, guid: int, password: bytes, now: float) -> None:
        self._server = server
        self._guid = guid
        self._password = password
        self._state = _State.PROBING
        self._began = self._asked = now
        self._tries = 0
        self._mtu = MTUS[0]
        self._offline: list[bytes] = []
        self._link: Established | None = None
        self._leave_by = math.inf
        self._malformed = 0
        self._ask(now)

    @property
    def connected(self) -> bool:
        """Whether packets can be sent."""
        return self._state is _State.CONNECTED

    @property
    def malformed(self) -> int:
        """The datagrams and messages that could not be read."""
        return self._malformed + (self._link.malformed if self._link else 0)

    @property
    def resent(self) -> int:
        """The frames that were sent again."""
        return self._link.outgoing.resent if self._link else 0

    @property
    def round_trip_s(self) -> float | None:
        """The mean round trip; None before the first acknowledgement."""
        return self._link.outgoing.round_trip.mean_s if self._link else None

    @property
    def unacknowledged(self) -> int:
        """The messages on their way."""
        return self._link.outgoing.unacknowledged if self._link else 0

    def receive(self, data: bytes, now: float) -> list[ClientEvent]:
        """Take a datagram of the server; what cannot be read changes nothing but a counter."""
        if self._state is _State.ENDED or not data:
            return []
        if data[0] & CONNECTED:
            return self._on_connected(data, now)
        try:
            message = decode_offline(data)
        except ProtocolError:
            self._malformed += 1
            return []
        return self._on_offline(message, now)

    def send(self, data: bytes, channel: int, now: float) -> None:
        """Queue a packet; it is dropped if the connection is not open.

        Raises:
            ProtocolError: the server acknowledges too little for more to be queued.
        """
        if self._link is not None and self._state is _State.CONNECTED:
            self._link.send(data, channel, now)

    def disconnect(self, now: float) -> None:
        """Say goodbye; `Ended` follows when the server has acknowledged it, or after two seconds."""
        if self._link is None or self._state is not _State.CONNECTED:
            self._state = _State.ENDED
            return
        self._link.send_system(Notice(SystemId.DISCONNECTED), Reliability.RELIABLE_ORDERED, now)
        self._state, self._leave_by = _State.LEAVING, now + FAREWELL_WITHIN_S

    def advance(self, now: float) -> list[ClientEvent]:
        """Do what is due: ask again, or give up."""
        match self._state:
            case _State.PROBING | _State.OPENING:
                if now - self._began >= CONNECT_WITHIN_S:
                    return self._end(EndReason.NO_ANSWER)
                if now - self._asked >= RETRY_S:
                    self._ask(now)
            case _State.REQUESTING if now - self._began >= CONNECT_WITHIN_S:
                return self._end(EndReason.NOT_ACCEPTED)
            case _State.LEAVING if now >= self._leave_by or not self.unacknowledged:
                return self._end(EndReason.CLOSED)
            case _State.CONNECTED if self._link is not None and self._link.is_dead(now):
                return self._end(EndReason.LOST)
        return []

    def next_time(self) -> float:
        """When `advance` has something to do."""
        match self._state:
            case _State.ENDED:
                return math.inf
            case _State.PROBING | _State.OPENING:
                return min(self._asked + RETRY_S, self._began + CONNECT_WITHIN_S)
        link_time = math.inf if self._link is None else self._link.next_time()
        if self._state is _State.REQUESTING:
            return min(link_time, self._began + CONNECT_WITHIN_S)
        return min(link_time, self._leave_by)

    def datagrams(self, now: float) -> Iterator[bytes]:
        """The datagrams to send now."""
        yield from self._offline
        self._offline.clear()
        if self._link is not None:
            yield from self._link.datagrams(now)

    def _ask(self, now: float) -> None:
        self._asked = now
        if self._state is _State.PROBING:
            self._mtu = MTUS[self._tries // TRIES_PER_MTU % len(MTUS)]
            self._tries += 1
            self._offline.append(OpenRequest1(self._mtu).encode())
        else:
            self._offline.append(OpenRequest2(self._server, self._mtu, self._guid).encode())

    def _on_offline(self, message: OfflineMessage, now: float) -> list[ClientEvent]:
        match self._state, message:
            case _State.PROBING, OpenReply1(_, mtu) if MTUS[-1] <= mtu <= MTUS[0]:
                self._mtu, self._state = mtu, _State.OPENING
                self._ask(now)
            case _State.OPENING, OpenReply2(_, _, mtu) if MTUS[-1] <= mtu <= MTUS[0]:
                self._open(mtu, now)
            case ((_State.PROBING | _State.OPENING), Refused(kind, _, version)):
                return self._end(_REFUSALS[kind], version)
        return []

    def _open(self, mtu: int, now: float) -> None:
        self._mtu, self._state, self._began = mtu, _State.REQUESTING, now
        self._link = Established(mtu, now)
        self._link.outgoing.round_trip.measured(max(0.0, now - self._asked))
        request = ConnectionRequest(self._guid, milliseconds(now), self._password)
        self._link.send_system(request, Reliability.RELIABLE, now)

    def _on_connected(self, data: bytes, now: float) -> list[ClientEvent]:
        if self._link is None:
            self._malformed += 1
            return []
        events: list[ClientEvent] = []
        for message in self._link.receive(data, now):
            if isinstance(message, Message):
                if self._state is _State.CONNECTED:
                    events.append(message)
            else:
                events += self._on_system(message, now)
        return events

    def _on_system(self, message: SystemMessage, now: float) -> list[ClientEvent]:
        match message:
            case Accepted() if self._state is _State.REQUESTING and self._link is not None:
                new = NewConnection(self._server, message.client, message.server_time, milliseconds(now))
                self._link.send_system(new, Reliability.RELIABLE_ORDERED, now)
                self._link.send_system(SystemPing(milliseconds(now)), Reliability.UNRELIABLE, now)
                self._state = _State.CONNECTED
                return [Connected(self._mtu)]
            case Notice(kind) if kind in _NOTICES:
                return self._end(_NOTICES[kind])
        return []

    def _end(self, reason: EndReason, version: int | None = None) -> list[ClientEvent]:
        if self._state is _State.ENDED:
            return []
        self._state = _State.ENDED
        return [Ended(reason, version)]
