"""The SDK's own client on a server in a process of its own, over stdin and stdout or over HTTP, in both eras."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

if TYPE_CHECKING:
    from mcp.types import CallToolResult

T = TypeVar("T")
COMMAND = (sys.executable, "-m", "timmy_actors", "mcp")
MODERN, LEGACY = "2026-07-28", "legacy"
CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class HttpServer:
    """A server over HTTP."""

    url: str
    token_file: Path
    process: subprocess.Popen[str]

    @property
    def token(self) -> str:
        """The first token of its file."""
        return self.token_file.read_text().split()[0]


@dataclass(frozen=True)
class Connector:
    """How to connect: the same client code plays through each."""

    endpoint: str
    mode: str
    options: tuple[str, ...] = ()
    http: HttpServer | None = None
    token: str | None = None
    extensions: tuple[Any, ...] = ()

    def run(self, play: Callable[[Client], Awaitable[T]]) -> T:
        """Run a coroutine with a connected client."""
        return asyncio.run(self._run(play))

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Call one tool."""
        return self.run(lambda client: client.call_tool(tool, arguments))

    async def _run(self, play: Callable[[Client], Awaitable[T]]) -> T:
        if self.http is None:
            parameters = StdioServerParameters(
                command=COMMAND[0], args=[*COMMAND[1:], "--endpoint", self.endpoint, *self.options], env=environment()
            )
            async with Client(parameters, mode=self.mode, extensions=self.extensions) as client:
                return await play(client)
        bearer = {"Authorization": f"Bearer {self.token or self.http.token}"}
        async with httpx2.AsyncClient(headers=bearer, timeout=60) as http:
            transport = streamable_http_client(self.http.url, http_client=http)
            async with Client(transport, mode=self.mode, extensions=self.extensions) as client:
                return await play(client)


def environment() -> dict[str, str]:
    """The environment of a server: the checkout's package, and the test's folders."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


@contextmanager
def http_server(endpoint: str, token_file: Path, *options: str) -> Iterator[HttpServer]:
    """Start a server over HTTP on a free port."""
    command = [*COMMAND, "--endpoint", endpoint, "--http", "127.0.0.1:0", "--token-file", str(token_file), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = re.search(r"http://\S+/mcp", line)
        assert url, line + process.stderr.read()
        try:
            yield HttpServer(url[0], token_file, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()
