"""A child's pipes as the SDK's transport: bounded, redacted, and with an end that is told.

The SDK's own stdio client joins what it has read to what comes for as long as a line lasts, however long that is; it
takes four seconds to end a stopped server, and tells nobody of a death.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from timmy_actors.portals.mcp.child import CHUNK_BYTES, Child
from timmy_actors.portals.mcp.lines import Lines, TooLong
from timmy_actors.portals.mcp.server_options import Redactor

log = logging.getLogger(__name__)
LONGEST_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message: a 4k screenshot of pure noise has 44 MB in base64."""
MAX_GARBAGE = 100
"""Lines in a row that are no messages: a banner is forgiven, a stream of garbage is no server."""
TOO_LARGE = -32_099
"""The code of the error that stands in for an answer that was too large; servers' own begin at -32000."""
_ID = re.compile(rb'"id"\s*:\s*(\d+|"[^"]{1,128}")')
Incoming = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Incoming], MemoryObjectSendStream[SessionMessage]]


class Ending:
    """Why a connection is over: the first reason counts."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self.reason: str | None = None
        self._told = told
        self._closed = False

    def close(self) -> None:
        """It is left: what happens from now on is no reason any more."""
        self._closed = True

    def because(self, reason: str) -> None:
        """It is over."""
        if self.reason is None and not self._closed:
            self.reason = reason
            self._told(reason)


@asynccontextmanager
async def child_streams(child: Child, redactor: Redactor, ending: Ending) -> AsyncGenerator[Streams, None]:
    """The SDK's two streams, on the child's pipes. Whatever ends first, the child has ended when this does."""
    output, writer = await child.open()
    to_session, incoming = anyio.create_memory_object_stream[Incoming](0)
    outgoing, from_session = anyio.create_memory_object_stream[SessionMessage](0)
    reading = asyncio.create_task(_read(output, to_session, _Reading(redactor, ending, child)))
    writing = asyncio.create_task(_write(from_session, writer, ending, child))
    try:
        yield incoming, outgoing
    finally:
        outgoing.close()
        ending.close()
        await (child.leave(writer) if ending.reason is None else child.kill())
        for task in (reading, writing):
            task.cancel()
        await asyncio.gather(reading, writing, return_exceptions=True)
        for stream in (to_session, incoming, from_session):
            stream.close()


class _Reading:
    """Lines into messages, garbage counted."""

    def __init__(self, redactor: Redactor, ending: Ending, child: Child) -> None:
        self._redactor = redactor
        self._ending = ending
        self._child = child
        self._garbage = 0

    def message(self, line: bytes | TooLong) -> SessionMessage | None:
        if isinstance(line, TooLong):
            return self._too_large(line)
        text = self._redactor.clean(line.strip())
        if not text:
            return None
        try:
            message = types.jsonrpc_message_adapter.validate_json(text, by_name=False)
        except ValueError:
            self._on_garbage(text)
            return None
        self._garbage = 0
        return SessionMessage(message)

    async def ended(self) -> None:
        self._ending.because(await self._child.how_it_ended())

    def _on_garbage(self, text: bytes) -> None:
        self._garbage += 1
        if self._garbage == 1:
            log.warning("a server says what is no message of the protocol: %r", text[:100])
        if self._garbage > MAX_GARBAGE:
            self._ending.because(f"says {MAX_GARBAGE} lines in a row that are no messages of the protocol")

    def _too_large(self, line: TooLong) -> SessionMessage | None:
        found = _ID.search(line.head)
        told = f"the answer has {line.size} bytes, it may have {LONGEST_MESSAGE}"
        if found is None:
            self._ending.because(told.replace("the answer", "a message"))
            return None
        request = int(found[1]) if found[1].isdigit() else found[1].strip(b'"').decode(errors="replace")
        error = types.ErrorData(code=TOO_LARGE, message=told)
        return SessionMessage(types.JSONRPCError(jsonrpc="2.0", id=request, error=error))


async def _read(output: asyncio.StreamReader, session: MemoryObjectSendStream[Incoming], reading: _Reading) -> None:
    lines = Lines(LONGEST_MESSAGE)
    # Closed in any case: it is how the session hears that nothing more will come.
    async with session:
        with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while chunk := await output.read(CHUNK_BYTES):
                for line in lines.feed(chunk):
                    message = reading.message(line)
                    if message is not None:
                        await session.send(message)
        await reading.ended()


async def _write(
    session: MemoryObjectReceiveStream[SessionMessage], writer: asyncio.StreamWriter, ending: Ending, child: Child
) -> None:
    async with session:
        async for outgoing in session:
            text = outgoing.message.model_dump_json(by_alias=True, exclude_unset=True)
            try:
                writer.write(text.encode() + b"\n")
                await writer.drain()
            except OSError:
                # A dying process closes its pipes first: its end is the reason, when there is one.
                ending.because(await child.how_it_ended("input"))
                return
