"""The world host: the actor that runs the embedded world as a child process."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from timmy_actors.embedded.control import ClockAnswer
from timmy_actors.errors import ConfigError, LuaJitMissingError, RefusedError, WorldGoneError, WorldUnusableError
from timmy_actors.protocol import ClockCall, Model, WorldStatus
from timmy_actors.supervision import DEFERRED, Reply, SharedValue
from timmy_actors.supervision.sockets import Arrived, SocketActor, SourceFailed
from timmy_actors.system import how_it_ended

log = logging.getLogger(__name__)

READY_WITHIN_S = 20.0
"""A cold start on a busy machine takes a few seconds."""
STOP_WITHIN_S = 3.0
LOG_TAIL_LINES = 12
"""Lines at the end of the process's log that are reported when it ends."""
ROUTINE_LEVELS = ("] [INFO] ", "] [WARN] ")
"""Levels of the process's log that do not explain why it ended."""
CHUNK_BYTES = 65536
MAX_CALLS = 64
"""Clock calls that the process has not answered; more are refused. They fit into a pipe, so writing never blocks."""
PERMANENT_FAILURES = (LuaJitMissingError.exit_code, ConfigError.exit_code)
"""Exit codes after which a restart would fail the same way: a dependency is missing, or a setting is wrong."""


@dataclass(frozen=True)
class WorldOptions:
    """The options of the embedded world."""

    port: int
    """0: any free port, a different one after each restart."""
    token_file: Path
    seed: int
    allow_raw: bool
    plugin: Path | None = None
    """The plugin that the world is; None: its own."""

    def command_line(self, lifeline: int) -> list[str]:
        """The process's command line."""
        arguments = [sys.executable, "-m", "timmy_actors.embedded", "--port", str(self.port), "--seed", str(self.seed)]
        arguments += ["--token-file", str(self.token_file), "--lifeline", str(lifeline), "--control"]
        if self.plugin is not None:
            arguments += ["--plugin", str(self.plugin)]
        return [*arguments, "--allow-raw"] if self.allow_raw else arguments


class _Ready(Model):
    ready: Literal[True]
    pid: int
    port: int


@dataclass(frozen=True)
class _NotReady:
    """Timer: the world has taken too long to start."""


class WorldHostActor(SocketActor):
    """Runs the process in a session of its own (so that a terminal's Ctrl-C does not reach it) and fails when it ends.

    The process watches a pipe that only this daemon holds open: however the daemon ends, the world ends with it. On
    Linux the kernel kills the process, even a stopped one, when this actor's thread ends; a restarted actor starts a
    new one. A stopped process is not restarted.

    Answers `ClockCall`s, which the process executes in order.
    """

    def __init__(self, options: WorldOptions, *, status: SharedValue[WorldStatus | None]) -> None:
        super().__init__()
        self._options = options
        self._status = status
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: int | None = None
        self._partial: dict[str, bytes] = {"out": b"", "err": b""}
        self._log_tail: deque[str] = deque(maxlen=LOG_TAIL_LINES)
        self._calls: deque[Reply] = deque()
        """The clock calls that the process has not answered, the oldest first."""

    def on_start(self) -> None:
        """Start the process; its ready line follows."""
        watched, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own module
                self._options.command_line(watched),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(watched,),
                start_new_session=True,
            )
        except OSError as error:
            raise WorldGoneError(f"the embedded world cannot be started: {error}") from error
        finally:
            os.close(watched)
        self._status.value = WorldStatus(state="starting", pid=self._process.pid)
        for name, stream in (("out", self._process.stdout), ("err", self._process.stderr)):
            if stream is not None:
                self._attach(name, stream.fileno())
        self.mailbox.schedule("ready", READY_WITHIN_S, _NotReady())

    def actor_acknowledge_start(self) -> None:
        """Do nothing: the actor counts as started only after the process's ready line."""

    def on_receive(self, message: Any) -> Any:
        """Read the process's output, and pass clock calls on."""
        match message:
            case ClockCall():
                return self._call(message)
            case Arrived(stream, chunk):
                self._on_output(stream, chunk)
            case _NotReady():
                raise WorldGoneError(
                    f"the embedded world did not come up within {READY_WITHIN_S:g} s{self._describe_log()}"
                )
            case SourceFailed(_, error):
                raise WorldGoneError(f"the embedded world's output cannot be read: {error}")
        return None

    def on_stop(self) -> None:
        """End the process."""
        self._end()

    def on_failure(self, *_: object) -> None:
        """End the process."""
        self._end()

    def _attach(self, name: str, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self.sockets.attach(name, descriptor, lambda: _read_chunk(descriptor))

    def _on_output(self, stream: str, chunk: bytes) -> None:
        if not chunk:
            self._on_closed(stream)
            return
        *lines, self._partial[stream] = (self._partial[stream] + chunk).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace")
            if stream == "out" and self._calls:
                self._on_answer(text)
            elif stream == "out":
                self._on_ready(text)
            else:
                self._log_tail.append(text)
                log.debug("world: %s", text)

    def _on_ready(self, line: str) -> None:
        try:
            ready = _Ready.model_validate_json(line)
        except ValidationError:
            raise WorldGoneError(
                f"the embedded world printed something other than its ready line: {line[:200]!r}"
            ) from None
        self.mailbox.cancel("ready")
        self._status.value = WorldStatus(
            state="up", pid=ready.pid, port=ready.port, token_file=str(self._options.token_file)
        )
        self.actor_lifecycle.started()

    def _call(self, call: ClockCall) -> object:
        status = self._status.value
        if self._process is None or self._process.stdin is None or status is None or status.state != "up":
            raise RefusedError("unavailable", "the embedded world is not up: try again later")
        if len(self._calls) >= MAX_CALLS:
            raise RefusedError("overloaded", "the embedded world does not answer its clock calls: try again later")
        try:
            os.write(self._process.stdin.fileno(), call.model_dump_json().encode() + b"\n")
        except OSError as error:
            raise RefusedError("unavailable", f"the embedded world cannot be reached: {error.strerror}") from error
        self._calls.append(self.take_reply())
        return DEFERRED

    def _on_answer(self, line: str) -> None:
        try:
            answer = ClockAnswer.model_validate_json(line)
        except ValidationError:
            raise WorldGoneError(f"the embedded world printed something other than an answer: {line[:200]!r}") from None
        reply = self._calls.popleft()
        if answer.clock is None:
            reply.fail(answer.refusal())
            return
        status = self._status.value
        if status is not None:
            self._status.value = status.model_copy(update={"frozen_by": answer.clock.frozen_by})
        reply.set(answer.clock)

    def _on_closed(self, stream: str) -> None:
        self.sockets.detach(stream)
        if stream == "err" or self._process is None:
            return
        try:
            code = self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            raise WorldGoneError("the embedded world closed its output") from None
        error = WorldUnusableError if code in PERMANENT_FAILURES else WorldGoneError
        raise error(f"the embedded world's process {how_it_ended(code)}{self._describe_log()}")

    def _describe_log(self) -> str:
        rest = self._partial["err"]
        for chunk in iter(lambda: _read_chunk(self._process.stderr.fileno()), None):  # type: ignore[union-attr]
            if not chunk:
                break
            rest += chunk
        self._log_tail.extend(rest.decode(errors="replace").splitlines())
        lines = [line for line in self._log_tail if not any(level in line for level in ROUTINE_LEVELS)]
        return "; its log ends with: " + " | ".join(lines) if lines else ""

    def _end(self) -> None:
        self._status.value = WorldStatus(state="down")
        while self._calls:
            self._calls.popleft().fail(RefusedError("unavailable", "the embedded world ended before it answered"))
        for stream in ("out", "err"):
            self.sockets.detach(stream)
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._process is not None:
            _stop(self._process)
            self._process = None


def _read_chunk(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except BlockingIOError:
        return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        # A stopped (SIGSTOP) or stuck process does not react to SIGTERM.
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
