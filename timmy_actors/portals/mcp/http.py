"""The SDK's transport for a server at a URL (streamable HTTP), with a limit on the size of answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2
from mcp.client.streamable_http import streamable_http_client

from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.transport import LONGEST_MESSAGE

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 300.0
"""How long a server may keep a stream open without data; a call's own deadline is far shorter."""
LOGS_URLS = ("httpx2", "mcp.client.streamable_http")
"""Loggers that log each request's full URL, which may contain a key."""


@asynccontextmanager
async def http_streams(options: ServerOptions) -> AsyncGenerator[TransportStreams, None]:
    """The SDK's two streams, connected to `options.url`."""
    for name in LOGS_URLS:
        logging.getLogger(name).setLevel(logging.WARNING)
    timeout = httpx2.Timeout(CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)
    headers = dict(options.headers)
    async with (
        httpx2.AsyncClient(transport=_Bounded(), timeout=timeout, headers=headers) as http,
        streamable_http_client(str(options.url), http_client=http, max_sse_event_size=LONGEST_MESSAGE) as streams,
    ):
        yield streams


class _Bounded(httpx2.AsyncBaseTransport):
    """Aborts a JSON answer that exceeds `LONGEST_MESSAGE`. The SDK itself limits the size of events."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if "json" in response.headers.get("content-type", ""):
            response.stream = _Counted(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> None:
        assert isinstance(stream, httpx2.AsyncByteStream)  # noqa: S101  for the type checker: its transport is async
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > LONGEST_MESSAGE:
                raise httpx2.ReadError(f"the answer has more than {LONGEST_MESSAGE} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
