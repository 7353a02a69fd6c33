"""Writes lines to a stream from a thread of its own, so that a slow reader never blocks the program."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import socket
import threading
import time
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any, TextIO

from timmy_actors.cli.log_formats import Encode, stamp, to_text

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
        self.lines: queue.Queue[str | bytes | None] = queue.Queue(MAX_WAITING)
        """The lines that wait for the reader."""
        self._left_out = 0
        self._thread = threading.Thread(target=self._write_lines, name=name, daemon=True)
        self._thread.start()

    def post(self, line: str | bytes) -> None:
        """Queue a line; dropped if the queue is full. Never blocks."""
        try:
            if self._left_out:
                self.lines.put_nowait(self.describe_gap(self._left_out))
                self._left_out = 0
            self.lines.put_nowait(line)
        except queue.Full:
            self._left_out += 1

    def describe_gap(self, lines: int) -> str | bytes:
        """The line that takes the place of `lines` dropped ones."""
        return f"{stamp()} ({lines} lines were dropped: the reader was too slow)"

    def close(self) -> None:
        """Write the queued lines, for at most `FLUSH_WITHIN_S`."""
        deadline = time.monotonic() + FLUSH_WITHIN_S
        with contextlib.suppress(queue.Full):
            self.lines.put(None, timeout=FLUSH_WITHIN_S)
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _write_lines(self) -> None:
        while (line := self.lines.get()) is not None:
            if not self._broken:
                self._write(line)

    def _write(self, line: str | bytes) -> None:
        text = line if isinstance(line, bytes) else f"{line}\n".encode(self._encoding, "backslashreplace")
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


class LogWriter(AsyncWriter):
    """Writes a log's records to a stream, in one format."""

    def __init__(self, name: str, stream: TextIO | None, encode: Encode = to_text) -> None:
        self.encode = encode
        super().__init__(name, stream)

    def describe_gap(self, lines: int) -> str | bytes:
        """A record in the place of `lines` dropped ones."""
        return self.encode(note(logging.WARNING, f"{lines} log records were dropped: the reader was too slow"))


class JournalWriter(LogWriter):
    """Sends a log's records to systemd's journal, one datagram each."""

    def __init__(self, encode: Encode, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        super().__init__("the journal", None, encode)
        self._broken = False

    def close(self) -> None:
        """Send the queued records."""
        super().close()
        if not self._thread.is_alive():
            self._socket.close()

    def _write(self, line: str | bytes) -> None:
        # A journal that restarts loses what is logged during that time; the next record reaches it again.
        with contextlib.suppress(OSError):
            self._socket.sendto(line if isinstance(line, bytes) else line.encode(), self._path)


def note(level: int, text: str) -> logging.LogRecord:
    """A record of the log itself."""
    return log.makeRecord(log.name, level, "(log)", 0, text, (), None)


class AsyncLogHandler(QueueHandler):
    """A logging handler that writes through a `LogWriter`.

    With `hold_tracebacks`, records with tracebacks wait for `release_tracebacks`: a failed start prints only one line.
    """

    def __init__(self, writer: LogWriter, *, hold_tracebacks: bool = False) -> None:
        super().__init__(writer.lines)
        self._writer = writer
        self._held: list[str | bytes] | None = [] if hold_tracebacks else None

    def prepare(self, record: logging.LogRecord) -> Any:
        """Encode the record in the logging thread, as its arguments may change."""
        return bool(record.exc_info or record.exc_text), self._writer.encode(record)

    def enqueue(self, record: Any) -> None:
        """Queue what `prepare` returned."""
        has_traceback, line = record
        if self._held is not None and has_traceback:
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
