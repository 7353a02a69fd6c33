"""Bounds the connections of the HTTP server: their number per address and in total, and the time of a slow peer.

A connection that waits for nothing of ours, or whose peer does not read, makes room for a new one; one whose request is
being answered is never ended for another.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from timmy_actors.serving.http.cause_log import CauseLog

MAX_CONNECTIONS = 384
MAX_PER_ADDRESS = 192
"""Half of the total: one address cannot take the places of all others."""
HEADERS_WITHIN_S = 10.0
"""A request's head must arrive within this time."""
READ_WITHIN_S = 10.0
CONNECTION = "timmy.connection"
"""The key of a request's `BoundedHttp` in its scope."""
LEAST_READ_BYTES = 16_384
"""A peer whose buffers are full must read this much within `READ_WITHIN_S`, again and again until they are not."""


class Connections:
    """The open connections, the oldest first. For one event loop."""

    def __init__(self, causes: CauseLog) -> None:
        self._causes = causes
        self._open: dict[asyncio.Transport, Bounded] = {}
        self._addresses: Counter[str] = Counter()

    def __iter__(self) -> Iterator[asyncio.Transport]:
        return iter(tuple(self._open))

    def enter(self, connection: Bounded, transport: asyncio.Transport) -> None:
        """Add a connection, or replace the protocol of one that was upgraded; without a place it is aborted."""
        known = transport in self._open
        self._open[transport] = connection
        if known:
            return
        address = address_of(transport)
        self._addresses[address] += 1
        if self._addresses[address] > MAX_PER_ADDRESS:
            self._make_room(address)
        elif len(self._open) > MAX_CONNECTIONS:
            self._make_room(self._addresses.most_common(1)[0][0])

    def leave(self, transport: asyncio.Transport) -> None:
        """Remove a connection."""
        if self._open.pop(transport, None) is not None:
            address = address_of(transport)
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def abort(self) -> None:
        """End all connections."""
        for transport in self:
            transport.abort()

    def _make_room(self, address: str) -> None:
        mine = [transport for transport in self._open if address_of(transport) == address]
        idle = (transport for transport in mine if self._open[transport].can_yield)
        ended = next(idle, mine[-1])
        self._causes.note("too many connections: ending one that waits", f"{address} has {len(mine)}")
        self.leave(ended)
        ended.abort()

    def note(self, cause: str, transport: asyncio.Transport) -> None:
        """Log why a connection was ended."""
        self._causes.note(cause, address_of(transport))


def address_of(transport: asyncio.Transport) -> str:
    """The peer's address; the same for as long as the transport lives."""
    address = transport.get_extra_info("peername")
    return str(address[0]) if address else ""


class ServerConfig(uvicorn.Config):
    """uvicorn's configuration, with the connections that its protocols share."""

    connections: Connections


class Bounded(asyncio.Protocol):
    """Mixed into uvicorn's protocols: keeps count, and ends the connection of a peer that does not read."""

    transport: asyncio.Transport
    _reading: asyncio.TimerHandle | None = None

    @property
    def bounds(self) -> Connections:
        """The connections of this server."""
        return cast("ServerConfig", cast(Any, self).config).connections

    @property
    def can_yield(self) -> bool:
        """Whether it may be ended for a new connection."""
        return self._reading is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place."""
        super().connection_made(transport)
        self.bounds.enter(self, cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the place."""
        self._stop_timer()
        self.bounds.leave(self.transport)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The peer reads more slowly than we write: it must go on reading."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._stop_timer()
        super().resume_writing()

    def _await_reading(self) -> None:
        buffered = self.transport.get_write_buffer_size()
        self._reading = asyncio.get_running_loop().call_later(READ_WITHIN_S, self._check_reading, buffered)

    def _check_reading(self, buffered: int) -> None:
        if buffered - self.transport.get_write_buffer_size() >= LEAST_READ_BYTES:
            self._await_reading()
        else:
            self._abort("a client does not read: ending its connection")

    def _stop_timer(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _abort(self, cause: str) -> None:
        self.bounds.note(cause, self.transport)
        self.transport.abort()


class BoundedHttp(Bounded, H11Protocol):
    """HTTP/1.1; the head of every request has a deadline."""

    _head: asyncio.TimerHandle | None = None
    _is_upgraded = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        app = self.app

        async def app_with_connection(scope: Any, receive: Any, send: Any) -> None:
            scope[CONNECTION] = self
            await app(scope, receive, send)

        self.app = cast(Any, app_with_connection)

    async def write_chunk(self, chunk: bytes) -> None:
        """Write one chunk of a response that is sent in chunks, and whose head was sent.

        Through the application's layers and h11, which only add the chunk's length, a push took 0.42 ms of CPU time
        instead of 0.26 ms (50 streams at 5 Hz).
        """
        if self.transport.is_closing():
            return
        self.transport.write(chunk)
        if self.flow.write_paused:
            await self.flow.drain()

    @property
    def can_yield(self) -> bool:
        """Whether no request is being answered, or its answer is not read."""
        return self._waits or super().can_yield

    @property
    def _waits(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the first deadline."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Start a deadline with the first byte of a request; end it with the last of its head."""
        super().data_received(data)
        if self._is_upgraded:
            return
        if self._waits and self._head is None:
            self._await_head()
        elif not self._waits:
            self._end_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the deadline."""
        self._end_head()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection over: the other protocol takes its place."""
        self._is_upgraded = True
        self._end_head()
        self._stop_timer()
        super().handle_websocket_upgrade(event)

    def _await_head(self) -> None:
        cause = "a request's head did not arrive in time: ending its connection"
        self._head = asyncio.get_running_loop().call_later(HEADERS_WITHIN_S, self._abort, cause)

    def _end_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


class BoundedWebSocket(Bounded, WebSocketsSansIOProtocol):
    """WebSocket."""
