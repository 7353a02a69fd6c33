"""Sessions with real servers in real processes, for tests."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.waiting import eventually
from timmy_actors.errors import ServerGoneError, ToolError
from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.session import Session
from timmy_actors.portals.mcp.session_events import Connected, Over, ToolsChanged
from timmy_actors.portals.tools.results import ToolAnswer

SERVERS = Path(__file__).parent / "servers"
TINY = ("{python}", str(SERVERS / "tiny.py"))
PATIENCE_S = 30.0


def raw(mode: str = "") -> tuple[str, ...]:
    """A server that does what no SDK would."""
    return ("{python}", str(SERVERS / "raw.py"), mode)


class Open:
    """A session, and what it told."""

    def __init__(self, command: tuple[str, ...], **options: Any) -> None:
        self.told: queue.Queue[Connected | ToolsChanged | Over] = queue.Queue()
        self.session = Session(ServerOptions("server", command=command, **options), self.told.put)
        self.session.start()

    def connected(self) -> Connected:
        """What the server said at its start."""
        told = self.told.get(timeout=PATIENCE_S)
        assert isinstance(told, Connected), told
        return told

    def changed(self) -> ToolsChanged:
        """What it offers once it has grown: asked for until it is told, as nobody says when it is listened to."""
        while True:
            self.ask("grow")
            with contextlib.suppress(queue.Empty):
                told = self.told.get(timeout=1)
                assert isinstance(told, ToolsChanged), told
                return told

    def over(self) -> ServerGoneError | None:
        """How it ended."""
        while not isinstance(told := self.told.get(timeout=PATIENCE_S), Over):
            pass
        return told.failure

    def ask(self, tool: str, timeout_s: float = 20.0, **arguments: Any) -> ToolAnswer | ToolError:
        """Call a tool and wait."""
        return self.begin(tool, timeout_s, **arguments).get(timeout=PATIENCE_S)

    def begin(self, tool: str, timeout_s: float = 20.0, **arguments: Any) -> queue.Queue[ToolAnswer | ToolError]:
        """Call a tool; the answer comes in the queue."""
        answers: queue.Queue[ToolAnswer | ToolError] = queue.Queue()
        self.session.call(tool, arguments, timeout_s, answers.put)
        return answers


@contextmanager
def opened(command: tuple[str, ...] = TINY, **options: Any) -> Iterator[Open]:
    """A session, ended when the test is."""
    made = Open(command, **options)
    try:
        yield made
    finally:
        made.session.kill(PATIENCE_S)


@contextmanager
def http_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The tiny server on a port of this machine: its URL and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(SERVERS / "tiny.py"), "http", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: _listens(port), PATIENCE_S)
        yield f"http://127.0.0.1:{port}/mcp", process
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def trouble(outcome: ToolAnswer | ToolError) -> ToolError:
    """The outcome, which must be trouble."""
    assert isinstance(outcome, ToolError), outcome
    return outcome


def value(outcome: ToolAnswer | ToolError) -> Any:
    """The outcome's value, which must be an answer."""
    assert isinstance(outcome, ToolAnswer), outcome
    return outcome.value


def is_gone(pid: int) -> bool:
    """Whether no process of that number is left."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
