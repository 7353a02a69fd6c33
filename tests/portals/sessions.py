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

from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ServerGoneError, ToolError
from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.session import Session
from timmy_actors.portals.mcp.session_events import Connected, Over, ToolsChanged
from timmy_actors.portals.tools.results import ToolAnswer

SERVERS = Path(__file__).parent / "servers"
TINY = ("{python}", str(SERVERS / "tiny.py"))


def raw(mode: str = "") -> tuple[str, ...]:
    """The command of a server without an SDK, with behaviour that no SDK has."""
    return ("{python}", str(SERVERS / "raw.py"), mode)


class Open:
    """A session, and a queue of its events."""

    def __init__(self, command: tuple[str, ...], **options: Any) -> None:
        self.events: queue.Queue[Connected | ToolsChanged | Over] = queue.Queue()
        self.session = Session(ServerOptions("server", command=command, **options), self.events.put)
        self.session.start()

    def connected(self) -> Connected:
        """The event of the connection."""
        event = self.events.get(timeout=PATIENCE_S)
        assert isinstance(event, Connected), event
        return event

    def changed(self) -> ToolsChanged:
        """The event of changed tools: requested repeatedly, since the time of the subscription is unknown."""
        while True:
            self.ask("grow")
            with contextlib.suppress(queue.Empty):
                event = self.events.get(timeout=1)
                assert isinstance(event, ToolsChanged), event
                return event

    def over(self) -> ServerGoneError | None:
        """The reason for the end of the session; None: it was stopped."""
        while not isinstance(event := self.events.get(timeout=PATIENCE_S), Over):
            pass
        return event.failure

    def ask(self, tool: str, timeout_s: float = PATIENCE_S, **arguments: Any) -> ToolAnswer | ToolError:
        """Call a tool and wait for the answer."""
        return self.begin(tool, timeout_s, **arguments).get(timeout=timeout_s + PATIENCE_S)

    def begin(self, tool: str, timeout_s: float = PATIENCE_S, **arguments: Any) -> queue.Queue[ToolAnswer | ToolError]:
        """Call a tool; the returned queue receives the answer."""
        answers: queue.Queue[ToolAnswer | ToolError] = queue.Queue()
        self.session.call(tool, arguments, timeout_s, answers.put)
        return answers


@contextmanager
def opened(command: tuple[str, ...] = TINY, **options: Any) -> Iterator[Open]:
    """A session that ends with the block."""
    running = Open(command, **options)
    try:
        yield running
    finally:
        running.session.kill(PATIENCE_S)


@contextmanager
def http_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL and the process of the tiny server, which serves HTTP on a local port."""
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


def error_of(outcome: ToolAnswer | ToolError) -> ToolError:
    """The outcome, which must be an error."""
    assert isinstance(outcome, ToolError), outcome
    return outcome


def value(outcome: ToolAnswer | ToolError) -> Any:
    """The outcome's value, which must be an answer."""
    assert isinstance(outcome, ToolAnswer), outcome
    return outcome.value


def is_gone(pid: int) -> bool:
    """Whether the process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
