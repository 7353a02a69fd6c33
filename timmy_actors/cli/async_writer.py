"""Writes lines to a stream from a thread of its own, so that a slow reader never blocks the program."""

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
"""Lines queued for writing; further ones are dropped and counted."""
FLUSH_WITHIN_S = 1.0
"""How long `close` waits for the queued lines to be read."""


class AsyncWriter:
    """Writes lines to a stream's file descriptor.

    It bypasses the stream object: a thread blocked in the stream holds its lock, and Python aborts at exit if that
    lock is taken.
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
        """Queue a line; dropped if the queue is full. Never blocks."""
        try:
            if self._left_out:
                self._lines.put_nowait(f"{stamp()} ({self._left_out} lines were dropped: the reader was too slow)")
                self._left_out = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Write the queued lines, for at most `FLUSH_WITHIN_S`."""
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
            # The reader may be gone, or the disk full: the daemon continues.
            self._broken = True
            log.warning("%s cannot be written (%s): further output to it is dropped", self._name, error.strerror)

    def _write_some(self, text: bytes) -> int:
        try:
            return os.write(self._descriptor, text)
        except BlockingIOError:  # another process that shares the stream made it non-blocking
            select.select([], [self._descriptor], [])
            return 0


def stamp(at: float | None = None) -> str:
    """Format a time (default: now) for the start of a line: local time, with milliseconds."""
    moment = datetime.now() if at is None else datetime.fromtimestamp(at)  # noqa: DTZ005, DTZ006  the operator's clock
    return moment.isoformat(" ", "milliseconds")


class _LineFormatter(logging.Formatter):
    """Prefixes every line with its time and level, so that no logged text can look like another record."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines of the record: its message, then its traceback."""
        head = f"{stamp(record.created)} {record.levelname:<7}"
        first, *others = map(harmless, super().format(record).splitlines() or [""])
        return "\n".join([f"{head} {first}", *(f"{head}   {line}" for line in others)])


class AsyncLogHandler(logging.Handler):
    """A logging handler that writes through an `AsyncWriter`.

    With `hold_tracebacks`, records with tracebacks wait for `release_tracebacks`: a failed start prints only one line.
    """

    def __init__(self, writer: AsyncWriter, *, hold_tracebacks: bool = False) -> None:
        super().__init__()
        self._writer = writer
        self._held: list[str] | None = [] if hold_tracebacks else None
        self.setFormatter(_LineFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Format the record in the logging thread, and queue it."""
        line = self.format(record)
        if self._held is not None and (record.exc_info or record.exc_text):
            self._held.append(line)
        else:
            self._writer.post(line)

    def release_tracebacks(self) -> None:
        """Write the held records, and hold no further ones."""
        self.acquire()
        held, self._held = self._held or [], None
        self.release()
        for line in held:
            self._writer.post(line)
