"""Runs the real Lua listener in its own process, with clients and raw connections for tests."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "tests" / "lua" / "listener_server.lua"
TOKEN = "a-token-of-some-length"
DEADLINE_S = 10.0


def luajit() -> str:
    """The path of luajit; without it the test is skipped, or fails if CI is set."""
    path = shutil.which("luajit")
    if path is not None:
        return path
    reason = "luajit is not installed (Debian: apt install luajit lua-socket)"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class LuaListener:
    """`tests/lua/listener_server.lua` under luajit, or under another runtime's command.

    `stop` ends it and returns its report.
    """

    def __init__(
        self,
        sockets: str = "luasocket",
        mechanism: str = "PLAIN",
        runtime: tuple[str, ...] | None = None,
        **limits: float,
    ) -> None:
        settings = [f"{name}={value}" for name, value in limits.items()]
        self.mechanism = mechanism
        self.process = subprocess.Popen(
            [*(runtime or (luajit(),)), str(SERVER), str(ROOT), sockets, mechanism, TOKEN, *settings],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log: list[str] = []
        self._sockets: list[zmq.Socket[Any]] = []
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        self.port: int = self._line()["port"]

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the listener has ended: {self.log}"
        facts: dict[str, Any] = json.loads(line)
        return facts

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self.process.poll() is None

    def logs(self, words: str) -> bool:
        """Whether a log line that contains `words` appears before the deadline."""
        return eventually(lambda: any(words in line for line in list(self.log)))

    def stop(self) -> dict[str, Any]:
        """End the process and return its report."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        facts = self._line()
        self.process.wait(DEADLINE_S)
        self._close_pipes()
        return facts

    def keep(self, peer: zmq.Socket[Any]) -> zmq.Socket[Any]:
        """Close the socket when the listener ends."""
        self._sockets.append(peer)
        return peer

    def kill(self) -> None:
        """End the process and close the sockets connected to it."""
        for peer in self._sockets:
            peer.close(linger=0)
        if self.alive:
            self.process.kill()
            self.process.wait(DEADLINE_S)
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._reader.join(DEADLINE_S)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def connect(
        self, context: zmq.Context[Any], kind: int = zmq.DEALER, *, token: str = TOKEN, reconnect_ms: int = -1
    ) -> zmq.Socket[Any]:
        """A pyzmq socket connecting to the listener; it tries once unless `reconnect_ms` is set."""
        peer = self.keep(context.socket(kind))
        peer.rcvtimeo = peer.sndtimeo = int(DEADLINE_S * 1000)
        peer.setsockopt(zmq.RECONNECT_IVL, reconnect_ms)
        if self.mechanism == "PLAIN":
            peer.plain_username, peer.plain_password = b"timmy", token.encode()
        peer.connect(f"tcp://127.0.0.1:{self.port}")
        return peer

    def raw(self) -> socket.socket:
        """A TCP connection on which nothing has been sent yet."""
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE_S)


def ask(peer: zmq.Socket[Any], **message: Any) -> dict[str, Any]:
    """Send a message and return its answer."""
    peer.send_json({"id": "1", **message})
    return answer(peer)


def answer(peer: zmq.Socket[Any]) -> dict[str, Any]:
    """The next message that is not a push."""
    while True:
        message: dict[str, Any] = peer.recv_json()  # type: ignore[assignment]
        if "seq" not in message:
            return message


def hello(peer: zmq.Socket[Any], client: str = "tester") -> dict[str, Any]:
    """Send a hello and return the answer."""
    return ask(peer, type="hello", client=client)


def eventually(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> bool:
    """Whether a condition becomes true before the deadline; checked every few milliseconds."""
    pause = threading.Event()
    until = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > until:
            return False
        pause.wait(0.005)
    return True


def is_closed_by_peer(raw: socket.socket) -> bool:
    """Read until the peer closes the connection; False if the socket times out first."""
    try:
        while raw.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
