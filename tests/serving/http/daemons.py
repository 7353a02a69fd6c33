"""Clients of a daemon's HTTP server."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.protocol import HttpStatus


@dataclass(frozen=True)
class HttpDaemon:
    """A running daemon: its address, its token, and a client with the token."""

    runtime: Runtime
    status: HttpStatus
    token: str
    client: httpx.Client

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.status.url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return self._checked(self.client.get(path, **options), status)

    def post(self, path: str, body: Any = None, status: int = 200, **options: Any) -> Any:
        return self._checked(self.client.post(path, json=body, **options), status)

    def _checked(self, response: httpx.Response, status: int) -> Any:
        assert response.status_code == status, response.text
        return response.json()

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        """A plain connection; every address of 127.0.0.0/8 is this host's own."""
        return socket.create_connection(self.address, PATIENCE_S, (source, 0))

    def request(self, path: str, *lines: str) -> bytes:
        """The head of a GET with the token."""
        head = [f"GET {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {self.token}", *lines]
        return ("\r\n".join(head) + "\r\n\r\n").encode()


def up(runtime: Runtime) -> HttpStatus:
    """Wait until the HTTP server listens."""

    def look() -> HttpStatus | None:
        status = runtime.shared.http.value
        return status if status is not None and status.state == "up" else None

    status = eventually(look)
    assert status is not None
    return status


@contextmanager
def serving(runtime: Runtime) -> Iterator[HttpDaemon]:
    """The HTTP server of a runtime, once it listens."""
    status = up(runtime)
    token = Path(status.token_file).read_text(encoding="ascii").strip()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=status.url, headers=headers, timeout=PATIENCE_S, trust_env=False) as client:
        yield HttpDaemon(runtime, status, token, client)


@dataclass(frozen=True)
class Sent:
    """A server-sent event."""

    id: str
    event: str
    data: Any


def sent_events(response: httpx.Response) -> Iterator[Sent]:
    """The events of a stream."""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "data" in fields:
            yield Sent(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
