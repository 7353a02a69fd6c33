"""The SDK's transport over a child's pipes, with a size limit, redaction, and a reason for the end.

The SDK's own stdio client has no limit on the length of a line, takes four seconds to end a stopped server, and does
not report a server's exit.
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
"""Maximum successive lines that are not messages: a banner is tolerated, a stream of other output is not."""
TOO_LARGE = -32_099
"""The code of the error that replaces a too large answer; the servers' own codes start at -32000."""
_ID = re.compile(rb'"id"\s*:\s*(\d+|"[^"]{1,128}")')
Incoming = SessionMessage | Exception
Streams = tuple[MemoryObjectReceiveStream[Incoming], MemoryObjectSendStream[SessionMessage]]


class EndReason:
    """Why a connection ended: the first reason that is set."""

    def __init__(self, on_set: Callable[[str], None]) -> None:
        self.reason: str | None = None
        self._on_set = on_set
        self._closed = False

    def close(self) -> None:
        """Ignore later reasons: the connection is being closed on purpose."""
        self._closed = True

    def set(self, reason: str) -> None:
        """Set the reason, and call `on_set`, unless there is a reason already."""
        if self.reason is None and not self._closed:
            self.reason = reason
            self._on_set(reason)


@asynccontextmanager
async def child_streams(child: Child, redactor: Redactor, end_reason: EndReason) -> AsyncGenerator[Streams, None]:
    """The SDK's two streams, connected to the child's pipes. The child has ended when the block exits."""
    try:
        output, writer = await child.open()
    except BaseException:  # stopped while it starts: its process is waited for here too
        await child.kill()
        raise
    to_session, incoming = anyio.create_memory_object_stream[Incoming](0)
    outgoing, from_session = anyio.create_memory_object_stream[SessionMessage](0)
    reading = asyncio.create_task(_read(output, to_session, _Reading(redactor, end_reason, child)))
    writing = asyncio.create_task(_write(from_session, writer, end_reason, child))
    try:
        yield incoming, outgoing
    finally:
        outgoing.close()
        end_reason.close()
        await (child.leave(writer) if end_reason.reason is None else child.kill())
        for task in (reading, writing):
            task.cancel()
        await asyncio.gather(reading, writing, return_exceptions=True)
        for stream in (to_session, incoming, from_session):
            stream.close()


class _Reading:
    """Parses lines into messages, and counts lines that are not messages."""

    def __init__(self, redactor: Redactor, end_reason: EndReason, child: Child) -> None:
        self._redactor = redactor
        self._end_reason = end_reason
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
        self._end_reason.set(await self._child.how_it_ended())

    def _on_garbage(self, text: bytes) -> None:
        self._garbage += 1
        if self._garbage == 1:
            log.warning("a server wrote a line that is not a message of the protocol: %r", text[:100])
        if self._garbage > MAX_GARBAGE:
            self._end_reason.set(f"wrote {MAX_GARBAGE} successive lines that are no messages of the protocol")

    def _too_large(self, line: TooLong) -> SessionMessage | None:
        match = _ID.search(line.head)
        if match is None:
            self._end_reason.set(f"sent a message of more than {LONGEST_MESSAGE} bytes")
            return None
        request = int(match[1]) if match[1].isdigit() else match[1].strip(b'"').decode(errors="replace")
        message = f"the answer has more than {LONGEST_MESSAGE} bytes"
        error = types.ErrorData(code=TOO_LARGE, message=message)
        return SessionMessage(types.JSONRPCError(jsonrpc="2.0", id=request, error=error))


async def _read(output: asyncio.StreamReader, session: MemoryObjectSendStream[Incoming], reading: _Reading) -> None:
    lines = Lines(LONGEST_MESSAGE)
    # Closed in every case, which signals the end of input to the session.
    async with session:
        with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while chunk := await output.read(CHUNK_BYTES):
                for line in lines.feed(chunk):
                    message = reading.message(line)
                    if message is not None:
                        await session.send(message)
        await reading.ended()


async def _write(
    session: MemoryObjectReceiveStream[SessionMessage],
    writer: asyncio.StreamWriter,
    end_reason: EndReason,
    child: Child,
) -> None:
    async with session:
        async for outgoing in session:
            text = outgoing.message.model_dump_json(by_alias=True, exclude_unset=True)
            try:
                writer.write(text.encode() + b"\n")
                await writer.drain()
            except OSError:
                # An exiting process closes its pipes first: wait for its exit status as the reason.
                end_reason.set(await child.how_it_ended("input"))
                return
