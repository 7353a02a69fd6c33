"""`timmy-actors tasks serve` as a process, and clients of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.waiting import PATIENCE_S, eventually
from timmy_actors.system import read_token

DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class TaskServer:
    """The process, from its start until the end of the block."""

    def __init__(self, folder: Path, task: str, *options: str) -> None:
        self.token_file = folder / "openenv.token"
        command = [sys.executable, "-m", "timmy_actors", "tasks", "serve", task, "--port", "0", *options]
        self.process = subprocess.Popen(
            [*command, "--token-file", str(self.token_file)], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        assert "serving at " in line, line + self.process.stderr.read()
        self.url = line.partition("serving at ")[2].partition(",")[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0
        assert self.process.stderr is not None
        self.process.stderr.close()
        eventually(lambda: not self.worlds())

    @property
    def headers(self) -> dict[str, str]:
        """The header with the token."""
        return {"Authorization": f"Bearer {read_token(self.token_file)}"}

    def worlds(self) -> list[int]:
        """The ids of the processes of its worlds, also when the server itself has ended."""
        marker, worlds = f"{self.process.pid}".encode(), []
        for entry in Path("/proc").iterdir():
            try:
                is_world = b"lockstep_server" in (entry / "cmdline").read_bytes()
                if is_world and parent_of(entry) == marker:
                    worlds.append(int(entry.name))
            except (OSError, ValueError):
                continue  # it is no process, or has ended
        return worlds

    def ask(self, path: str, body: object = None, *, authorised: bool = True) -> tuple[int, Any]:
        """The status and the JSON of a request: a POST if it has a body."""
        headers = {"content-type": "application/json", **(self.headers if authorised else {})}
        data = None if body is None else json.dumps(body).encode()
        try:
            with DIRECTLY.open(urllib.request.Request(self.url + path, data, headers), timeout=PATIENCE_S) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def connect(self, headers: dict[str, str] | None = None) -> ClientConnection:
        """A connection, which may be refused a session."""
        url = self.url.replace("http", "ws") + "/ws"
        headers = self.headers if headers is None else headers
        return connect(url, additional_headers=headers, open_timeout=PATIENCE_S, proxy=None)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A session: one that was closed a moment ago may still have its place, so this waits for one."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with self.connect() as socket:
                client = Client(socket)
                if client.has_a_place():
                    yield client
                    return
        raise AssertionError(f"no session within {PATIENCE_S:g} s")


class Client:
    """Speaks OpenEnv's wire on a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def say(self, message: object) -> Any:
        """Send a message, which is encoded unless it is text or bytes; the answer."""
        self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
        return self.hear()

    def hear(self) -> Any:
        """The next answer."""
        return json.loads(self.socket.recv(PATIENCE_S))

    def has_a_place(self) -> bool:
        """Whether the server has given it a session; it closes the connection at once if it has not."""
        try:
            return bool(self.say({"type": "state"})["type"] == "state")
        except ConnectionClosed:
            return False

    def reset(self, **data: object) -> Any:
        """Begin an episode; the observation's message."""
        answer = self.say({"type": "reset", "data": data})
        assert answer["type"] == "observation", answer
        return answer["data"]

    def step(self, action: str) -> Any:
        """Take a step; the observation's message."""
        answer = self.say({"type": "step", "data": {"action": action, "metadata": {}}})
        assert answer["type"] == "observation", answer
        return answer["data"]


def parent_of(process: Path) -> bytes:
    """The id of a process's parent, from its entry in `/proc`."""
    return (process / "stat").read_bytes().rpartition(b")")[2].split()[1]
