"""A stream that is written from a thread of its own: whoever has something to say never waits for who reads it."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import threading
import time
from datetime import datetime
from typing import TextIO

from timmy_actors.cli.output import harmless

log = logging.getLogger(__name__)

MAX_WAITING = 1_000
"""Lines that wait to be written; more are left out and counted."""
FLUSH_WITHIN_S = 1.0
"""How long the end waits for a reader that may never read."""


class Outlet:
    """Writes lines to a stream's descriptor.

    Not through the stream itself: a thread that is stuck in it would hold its lock, and Python aborts when it finds
    that lock taken at its end.
    """

    def __init__(self, name: str, stream: TextIO | None) -> None:
        self._name = name
        self._broken = stream is None
        self._descriptor = -1 if stream is None else stream.fileno()
        self._encoding = "utf-8" if stream is None else stream.encoding
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_WAITING)
        self._left_out = 0
        self._thread = threading.Thread(target=self._write_lines, name=name, daemon=True)
        self._thread.start()

    def post(self, line: str) -> None:
        """Have a line written; left out where too many wait already. Never blocks."""
        try:
            if self._left_out:
                self._lines.put_nowait(f"{stamp()} ({self._left_out} lines were left out: they were not read in time)")
                self._left_out = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Write what waits, as far as it is read within `FLUSH_WITHIN_S`."""
        deadline = time.monotonic() + FLUSH_WITHIN_S
        with contextlib.suppress(queue.Full):
            self._lines.put(None, timeout=FLUSH_WITHIN_S)
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _write_lines(self) -> None:
        while (line := self._lines.get()) is not None:
            if not self._broken:
                self._write(f"{line}\n".encode(self._encoding, "backslashreplace"))

    def _write(self, text: bytes) -> None:
        try:
            while text:
                text = text[self._write_some(text) :]
        except OSError as error:
            # Whoever read it may be gone, or the disk full: that is no reason for a daemon to end.
            self._broken = True
            log.warning("%s cannot be written (%s): nothing more is said there", self._name, error.strerror)

    def _write_some(self, text: bytes) -> int:
        try:
            return os.write(self._descriptor, text)
        except BlockingIOError:  # another process that shares the stream has made it so
            select.select([], [self._descriptor], [])
            return 0


def stamp(at: float | None = None) -> str:
    """A moment (default: now) as each line has it: local time, with milliseconds."""
    moment = datetime.now() if at is None else datetime.fromtimestamp(at)  # noqa: DTZ005, DTZ006  the operator's clock
    return moment.isoformat(" ", "milliseconds")


class _LineFormatter(logging.Formatter):
    """Every line with its time and level, so that no text that is logged can pass for another record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's lines: its message, and below that its traceback."""
        head = f"{stamp(record.created)} {record.levelname:<7}"
        first, *others = map(harmless, super().format(record).splitlines() or [""])
        return "\n".join([f"{head} {first}", *(f"{head}   {line}" for line in others)])


class LogOutlet(logging.Handler):
    """Logs to an outlet.

    With `hold_tracebacks` those wait until `let_go`: of a start that fails one line is enough, said elsewhere.
    """

    def __init__(self, outlet: Outlet, *, hold_tracebacks: bool = False) -> None:
        super().__init__()
        self._outlet = outlet
        self._held: list[str] | None = [] if hold_tracebacks else None
        self.setFormatter(_LineFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Format the record here, in the thread that logs, and have it written elsewhere."""
        line = self.format(record)
        if self._held is not None and (record.exc_info or record.exc_text):
            self._held.append(line)
        else:
            self._outlet.post(line)

    def let_go(self) -> None:
        """Write what was held, and hold nothing any more."""
        self.acquire()
        held, self._held = self._held or [], None
        self.release()
        for line in held:
            self._outlet.post(line)
