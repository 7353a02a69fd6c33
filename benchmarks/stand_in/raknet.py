"""The server's end of the transport, for many clients. Pure: datagrams with addresses in, events and datagrams out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.connection import Established, Message
from timmy_actors.player_client.raknet.datagrams import CONNECTED, Reliability
from timmy_actors.player_client.raknet.offline import (
    PROTOCOL_VERSION,
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
    milliseconds,
)

SERVER_GUID = 0x0006_6175_C248_6EE2


@dataclass(frozen=True)
class Joined:
    """A client's handshake is done."""

    guid: int


@dataclass(frozen=True)
class Left:
    """A client left, was dropped, or was thrown out."""

    guid: int


@dataclass(frozen=True)
class FromClient:
    """A packet of a client."""

    guid: int
    data: bytes


ServerEvent = Joined | Left | FromClient


@dataclass
class _Peer:
    guid: int
    address: Address
    link: Established
    joined: bool = False
    leaving: bool = False
    gone: bool = False
    """It said goodbye, and acknowledges nothing any more."""
    flushed: bool = False
    """Whether something was sent since it began to leave: its acknowledgement."""


@dataclass
class RakNetServer:
    """Answers handshakes and carries packets; what it refuses is set by its fields."""

    password: bytes
    most: int = 100
    largest_mtu: int = 1492
    """Larger datagrams do not arrive, as on a path with a smaller MTU."""
    version: int = PROTOCOL_VERSION
    refuse: OfflineId | None = None
    silent: bool = False
    """Sends nothing any more, not even acknowledgements."""
    _peers: dict[Address, _Peer] = field(default_factory=dict)
    _offline: list[tuple[bytes, Address]] = field(default_factory=list)

    def receive(self, data: bytes, address: Address, now: float) -> list[ServerEvent]:
        """Take a datagram."""
        if self.silent or not data:
            return []
        peer = self._peers.get(address)
        if data[0] & CONNECTED:
            return [] if peer is None else self._on_connected(peer, data, now)
        try:
            self._on_offline(decode_offline(data), address, now)
        except ProtocolError:
            return []
        return []

    def send(self, guid: int, data: bytes, channel: int, now: float) -> None:
        """Queue a packet for a client."""
        for peer in self._peers.values():
            if peer.guid == guid:
                peer.link.send(data, channel, now)

    def throw_out(self, guid: int, now: float, *, silently: bool = False) -> None:
        """End a client's connection, with or without a word."""
        for peer in [peer for peer in self._peers.values() if peer.guid == guid]:
            if silently:
                del self._peers[peer.address]
                continue
            peer.link.send_system(Notice(SystemId.DISCONNECTED), Reliability.RELIABLE_ORDERED, now)
            peer.leaving = True

    def advance(self, now: float) -> list[ServerEvent]:
        """Drop the clients that are gone."""
        gone = [
            peer
            for peer in self._peers.values()
            if peer.link.is_dead(now) or (peer.flushed and (peer.gone or not peer.link.outgoing.unacknowledged))
        ]
        for peer in gone:
            del self._peers[peer.address]
        return [Left(peer.guid) for peer in gone if peer.joined]

    def datagrams(self, now: float) -> Iterator[tuple[bytes, Address]]:
        """The datagrams to send now, and to whom."""
        if self.silent:
            return
        yield from self._offline
        self._offline.clear()
        for peer in self._peers.values():
            for data in peer.link.datagrams(now):
                yield data, peer.address
            peer.flushed = peer.leaving

    def next_time(self) -> float:
        """When something is due."""
        if self.silent:
            return math.inf
        return min((peer.link.next_time() for peer in self._peers.values()), default=math.inf)

    def _on_offline(self, message: OfflineMessage, address: Address, now: float) -> None:
        match message:
            case OpenRequest1(_, version) if version != self.version:
                self._answer(Refused(OfflineId.WRONG_VERSION, SERVER_GUID, self.version), address)
            case OpenRequest1(mtu) if mtu <= self.largest_mtu:
                self._answer(OpenReply1(SERVER_GUID, mtu), address)
            case OpenRequest2(_, mtu, guid):
                self._open(mtu, guid, address, now)

    def _open(self, mtu: int, guid: int, address: Address, now: float) -> None:
        known = self._peers.get(address)
        refusal = self.refuse
        if known is None and len(self._peers) >= self.most:
            refusal = OfflineId.FULL
        if known is None and any(peer.guid == guid for peer in self._peers.values()):
            refusal = OfflineId.ALREADY_CONNECTED
        if refusal is not None:
            self._answer(Refused(refusal, SERVER_GUID), address)
            return
        if known is None:
            self._peers[address] = _Peer(guid, address, Established(mtu, now))
        self._answer(OpenReply2(SERVER_GUID, address, mtu), address)

    def _answer(self, message: OfflineMessage, address: Address) -> None:
        self._offline.append((message.encode(), address))

    def _on_connected(self, peer: _Peer, data: bytes, now: float) -> list[ServerEvent]:
        events: list[ServerEvent] = []
        for message in peer.link.receive(data, now):
            if isinstance(message, Message):
                if peer.joined and not peer.leaving:
                    events.append(FromClient(peer.guid, message.data))
            else:
                events += self._on_system(peer, message, now)
        return events

    def _on_system(self, peer: _Peer, message: SystemMessage, now: float) -> list[ServerEvent]:
        match message:
            case ConnectionRequest(_, time, password):
                answer: SystemMessage = Accepted(peer.address, time, milliseconds(now))
                if password != self.password:
                    answer = Notice(SystemId.WRONG_PASSWORD)
                    peer.leaving = True
                peer.link.send_system(answer, Reliability.RELIABLE_ORDERED, now)
            case NewConnection() if not peer.joined:
                peer.joined = True
                return [Joined(peer.guid)]
            case Notice(SystemId.DISCONNECTED):
                peer.leaving = peer.gone = True
        return []
