"""An MCP server as a child process: its pipes in an event loop, detection of its exit, and its termination."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from timmy_actors.errors import ServerGoneError
from timmy_actors.portals.mcp.lines import Lines, TooLong
from timmy_actors.portals.mcp.server_options import INHERITED, ServerOptions, pick
from timmy_actors.system import DIE_WITH_PARENT, how_it_ended

Transport = TypeVar("Transport", bound=asyncio.BaseTransport)
Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)

log = logging.getLogger(__name__)

LAST_LINES = 8
"""Number of lines of a server's standard error that are included in the reason for its end."""
LONGEST_LOG_LINE = 4_096
SETTLE_WITHIN_S = 0.5
"""Maximum wait for an ended server's exit status, and for its last lines: its children may keep its log open."""
CHUNK_BYTES = 256 * 1024
PIPE_BYTES = 1024 * 1024
"""Capacity of the pipe for a server's output, the most that Linux allows without a privilege (fcntl(2)). With its
default, 64 KiB, a picture of 60 MB takes a thousand turns of writer and reader: a minute on a busy machine."""
LEAVE_WITHIN_S = 2.0
"""Maximum time to exit after its input closed. Then SIGTERM and SIGKILL follow, as the Model Context Protocol says."""
TERM_WITHIN_S = 2.0
KILLED_WITHIN_S = 5.0
LOOK_EVERY_S = 0.01


class Child:
    """A running server. All methods but `kill_now` must be called in the event loop's thread.

    Raises:
        ServerGoneError: the program is missing or cannot be started.
    """

    def __init__(self, options: ServerOptions, on_exit: Callable[[], None]) -> None:
        self._name = options.name
        self._redactor = options.redactor
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._log_lines = Lines(LONGEST_LOG_LINE)
        self._log_ended = asyncio.Event()
        self.process = _launch(options)
        self.pid = self.process.pid
        self._on_exit = on_exit
        self._pidfd = _watch_process(self.pid, self._exited)
        self._pipes: list[asyncio.BaseTransport] = []
        self._unconnected = [pipe for pipe in (self.process.stdout, self.process.stderr, self.process.stdin) if pipe]
        """The process's pipes that no transport closes yet."""

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A reader of the server's output, and a writer to its input."""
        loop, process = asyncio.get_running_loop(), self.process
        output = asyncio.StreamReader(limit=CHUNK_BYTES)
        await self._connect(loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(output), process.stdout))
        await self._connect(loop.connect_read_pipe(lambda: _LogPipe(self._on_log, self._log_ended), process.stderr))
        writing, protocol = await self._connect(
            loop.connect_write_pipe(lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), process.stdin)
        )
        return output, asyncio.StreamWriter(writing, protocol, None, loop)

    async def _connect(self, connecting: Awaitable[tuple[Transport, Protocol]]) -> tuple[Transport, Protocol]:
        connected = await connecting
        self._pipes.append(connected[0])
        self._unconnected.pop(0)
        return connected

    async def how_it_ended(self, closed: str = "output") -> str:
        """How the server ended and the last lines of its log, after a short wait for both.

        Args:
            closed: the pipe that it closed, for a process that is still running.
        """
        await self._gone_within(SETTLE_WITHIN_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._log_ended.wait(), SETTLE_WITHIN_S)
        code = self.process.poll()
        ended = f"closed its {closed}" if code is None else how_it_ended(code)
        lines = " | ".join(self._last_lines)
        return f"{ended}; the end of its log: {lines}" if lines else ended

    async def leave(self, writer: asyncio.StreamWriter) -> None:
        """End the server in order: close its input, then send SIGTERM, then SIGKILL."""
        writer.close()
        if not await self._gone_within(LEAVE_WITHIN_S):
            self._signal(signal.SIGTERM)
            await self._gone_within(TERM_WITHIN_S)
        await self.kill()

    async def kill(self) -> None:
        """Kill the server and its children at once, even if it is stopped (SIGSTOP)."""
        self._signal(signal.SIGKILL)
        if not await self._gone_within(KILLED_WITHIN_S):
            log.error("%s: process %d did not end after SIGKILL", self._name, self.pid)
        self._unwatch()
        for pipe in self._pipes:
            pipe.close()
        for unconnected in self._unconnected:
            unconnected.close()

    def is_stopped(self) -> bool:
        """Whether a signal (SIGSTOP) has stopped the process, which then does not answer until SIGCONT. Linux only."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        except OSError:
            return False  # the process has ended, which is detected elsewhere, or there is no /proc
        return state.split()[0] == "T"

    def kill_now(self) -> None:
        """As `kill`, from any thread and without waiting."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # The process group, to reach the server's children. The group's id is not reused while a member runs.
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            log.debug("%s: process group %d has ended", self._name, self.pid)

    async def _gone_within(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self.process.poll() is None:
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(LOOK_EVERY_S)
        return True

    def _exited(self) -> None:
        self._unwatch()
        self.process.poll()
        self._on_exit()

    def _unwatch(self) -> None:
        if self._pidfd is not None:
            asyncio.get_running_loop().remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = None

    def _on_log(self, chunk: bytes) -> None:
        for line in self._log_lines.feed(chunk):
            raw = line.head if isinstance(line, TooLong) else line
            text = self._redactor.clean(raw).decode(errors="replace").rstrip()
            if text:
                self._last_lines.append(text)
                log.debug("%s: %s", self._name, text)


class _LogPipe(asyncio.Protocol):
    def __init__(self, take: Callable[[bytes], None], ended: asyncio.Event) -> None:
        self._take = take
        self._ended = ended

    def data_received(self, data: bytes) -> None:
        self._take(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._take(b"\n")  # ends an incomplete last line
        self._ended.set()


def _launch(options: ServerOptions) -> subprocess.Popen[bytes]:
    arguments = options.arguments
    if shutil.which(arguments[0], path=os.environ.get("PATH")) is None:
        raise ServerGoneError(
            f"{options.name}: there is no program {arguments[0]!r}: install it or correct the command"
        )
    if sys.platform == "linux":
        arguments = [sys.executable, "-I", "-S", str(DIE_WITH_PARENT), *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603  the operator's own command
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**pick(INHERITED), **options.environment},
            cwd=options.folder,
            start_new_session=True,
        )
    except OSError as error:
        raise ServerGoneError(f"{options.name}: cannot be started: {error.strerror}") from error
    if process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):  # this user's pipes have as much memory as the system allows
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return process


def _watch_process(pid: int, on_exit: Callable[[], None]) -> int | None:
    # The end of its output is not sufficient: its children may keep the pipe open.
    if not hasattr(os, "pidfd_open"):
        return None
    descriptor = os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(descriptor, on_exit)
    return descriptor
