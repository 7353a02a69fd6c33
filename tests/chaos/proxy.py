"""A TCP proxy between daemon and world that does to a connection what networks do, and worse."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Self

CHUNK_BYTES = 16 * 1024
RECORDED_BYTES = 256 * 1024
"""How much of what a client sent is kept, to be sent again on a duplicate connection."""
HELD_BACK_FOR_S = 0.3
"""How long after its connection's end what was held back reaches the server: a new connection is up by then."""
DUPLICATE_LIVES_S = 0.2


class Line:
    """One client's connection and the one to the server that it goes on over."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.sent = bytearray()
        """What the client sent, from the greeting on."""
        self.held_back: bytearray | None = None
        """What is kept from the server until the connection is over."""
        self.cut_next = False

    def abort(self) -> None:
        """End both sides with a reset."""
        self.client.transport.abort()
        self.server.transport.abort()


class FaultProxy:
    """Listens on `port` for the daemon and goes on to the world's port. Faults last until the call returns."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault proxy", daemon=True)
        self._lines: set[Line] = set()
        self._closing = False
        self._delay_s = 0.0
        self._bytes_per_s = 0.0
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def drop(self) -> None:
        """End every connection with a reset."""
        self._on_each(Line.abort)

    def cut(self) -> None:
        """Let a part of the next bytes through, each way, then reset: a frame ends in its middle."""
        self._on_each(lambda line: setattr(line, "cut_next", True))

    def half_open(self, seconds: float) -> None:
        """Pass nothing on for a while and close nothing; then reset what is still there."""
        self._call(self._half_open(seconds))

    def delay(self, seconds: float, latency_s: float) -> None:
        """Pass everything on late for a while."""
        self._call(self._slowed(seconds, latency_s, 0.0))

    def throttle(self, seconds: float, bytes_per_s: float) -> None:
        """Pass everything on slowly for a while."""
        self._call(self._slowed(seconds, 0.0, bytes_per_s))

    def reorder(self, seconds: float) -> None:
        """Keep from the server what is sent for a while, reset the client, and deliver it after the client is back."""
        self._call(self._reorder(seconds))

    def duplicate(self) -> None:
        """Open another connection and send all that was sent on the first once more."""
        self._call(self._duplicate())

    def _call(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def _on_each(self, act: Callable[[Line], object]) -> None:
        done: Future[None] = Future()

        def run() -> None:
            for line in tuple(self._lines):
                act(line)
            done.set_result(None)

        self._loop.call_soon_threadsafe(run)
        done.result(60)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._closing = True
        for line in tuple(self._lines):
            line.abort()
        # What was just accepted is in a task of the loop's own. Python 3.11 never closes its socket when the server
        # closes first, or when that task is cancelled before its first step.
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        self._server.close()

    async def _serve(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            await self._pass_on(from_client, client)
        finally:
            client.transport.abort()

    async def _pass_on(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            from_server, server = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            return
        line = Line(client, server)
        self._lines.add(line)
        if self._closing:
            line.abort()
        try:
            await asyncio.gather(self._up(from_client, line), self._down(from_server, line))
        finally:
            self._lines.discard(line)
            line.abort()

    async def _up(self, reader: asyncio.StreamReader, line: Line) -> None:
        async for chunk in self._chunks(reader, line):
            if len(line.sent) < RECORDED_BYTES:
                line.sent += chunk
            if line.held_back is not None:
                line.held_back += chunk
            else:
                line.server.write(chunk)
        if line.held_back is None:
            line.abort()

    async def _down(self, reader: asyncio.StreamReader, line: Line) -> None:
        async for chunk in self._chunks(reader, line):
            line.client.write(chunk)
        line.abort()

    async def _chunks(self, reader: asyncio.StreamReader, line: Line) -> Any:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                if line.cut_next:
                    yield chunk[: len(chunk) // 2]
                    await asyncio.sleep(0.005)  # the half is to arrive before the reset
                    return
                await self._hinder(chunk)
                yield chunk

    async def _hinder(self, chunk: bytes) -> None:
        if self._delay_s:
            await asyncio.sleep(self._delay_s)
        if self._bytes_per_s:
            await asyncio.sleep(len(chunk) / self._bytes_per_s)

    async def _half_open(self, seconds: float) -> None:
        lines = tuple(self._lines)
        for line in lines:
            line.client.transport.pause_reading()  # type: ignore[attr-defined]
            line.server.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(seconds)
        for line in lines:
            line.abort()

    async def _slowed(self, seconds: float, latency_s: float, bytes_per_s: float) -> None:
        self._delay_s, self._bytes_per_s = latency_s, bytes_per_s
        await asyncio.sleep(seconds)
        self._delay_s = self._bytes_per_s = 0.0

    async def _reorder(self, seconds: float) -> None:
        lines = tuple(self._lines)
        for line in lines:
            line.held_back = bytearray()
        await asyncio.sleep(seconds)
        for line in lines:
            line.client.transport.abort()
        await asyncio.sleep(HELD_BACK_FOR_S)
        for line in lines:
            line.server.write(bytes(line.held_back or b""))
        await asyncio.sleep(0.02)
        for line in lines:
            line.abort()

    async def _duplicate(self) -> None:
        for line in tuple(self._lines):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._target_port)
            except OSError:
                continue
            writer.write(bytes(line.sent))
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(reader.read(-1), DUPLICATE_LIVES_S)
            writer.transport.abort()
