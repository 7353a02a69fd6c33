"""A player's connection: the transport and the session together. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.account import Login
from timmy_actors.player_client.endings import CODES
from timmy_actors.player_client.packets.packet import BY_NAME, Packet, decode, encode
from timmy_actors.player_client.raknet.client import ClientEvent, Ended, RakNetClient
from timmy_actors.player_client.raknet.connection import Message
from timmy_actors.player_client.raknet.offline import Address
from timmy_actors.player_client.session import PlayerSession, SessionEvent


class PlayerConnection:
    """One login over one connection. Nothing is sent after an `Ending` but the acknowledgements that are due.

    Args:
        server: the server's address.
        login: who logs in.
        guid: random, new for each connection.
        all_cells: see `PlayerSession`.
    """

    def __init__(self, server: Address, login: Login, guid: int, now: float, *, all_cells: bool = False) -> None:
        self.transport = RakNetClient(server, guid, login.connection_password(), now)
        self.session = PlayerSession(login, guid, now, all_cells=all_cells)
        self.malformed_packets = 0
        """Messages that are no packets of TES3MP 0.8.1, or are damaged, or ask for an answer that cannot be written."""

    def receive(self, data: bytes, now: float) -> list[SessionEvent]:
        """Take a datagram of the server."""
        return self._on_events(self.transport.receive(data, now), now)

    def advance(self, now: float) -> list[SessionEvent]:
        """Do what is due."""
        events = self._on_events(self.transport.advance(now), now)
        if self.transport.connected:
            events += self.session.advance(now)
            events += self._queue(now)
        return events

    def next_time(self) -> float:
        """When `advance` has something to do."""
        session_time = self.session.next_time() if self.transport.connected else self.transport.next_time()
        return min(self.transport.next_time(), session_time)

    def datagrams(self, now: float) -> Iterator[bytes]:
        """The datagrams to send now."""
        return self.transport.datagrams(now)

    def leave(self, now: float) -> None:
        """Say goodbye; an `Ending` follows."""
        self.transport.disconnect(now)

    def _on_events(self, events: list[ClientEvent], now: float) -> list[SessionEvent]:
        results: list[SessionEvent] = []
        for event in events:
            if isinstance(event, Message):
                results += self._on_message(event.data)
            elif isinstance(event, Ended):
                results += self.session.end(CODES[event.reason])
        return results + self._queue(now)

    def _on_message(self, data: bytes) -> list[SessionEvent]:
        try:
            packet = decode(data)
        except ProtocolError:
            self.malformed_packets += 1
            return []
        return self.session.receive(packet)

    def _queue(self, now: float) -> list[SessionEvent]:
        if not self.transport.connected:
            return []
        packets, self.session.packets = self.session.packets, []
        try:
            for packet in packets:
                self._send(packet, now)
        except ProtocolError:
            return self.session.end("lost")  # nothing was acknowledged for thousands of packets
        return []

    def _send(self, packet: Packet, now: float) -> None:
        try:
            data = encode(packet)
        except ValueError:  # it repeats what the server sent, a cell at the end of the grid or a text of 64 kB
            self.malformed_packets += 1
            return
        self.transport.send(data, BY_NAME[packet.name].channel, now)
