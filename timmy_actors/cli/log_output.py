"""Sets up the log of a daemon in the foreground, and writes its last line."""

from __future__ import annotations

import faulthandler
import logging
import sys

from timmy_actors.cli.async_writer import AsyncLogHandler, JournalWriter, LogWriter, note
from timmy_actors.cli.log_formats import ENCODERS, JOURNAL_SOCKET, LogFormat
from timmy_actors.cli.output import escaped_lines

PREFIX = "timmy-actors: "


class LogOutput:
    """The root logger's handler, which never blocks.

    A fatal signal, such as the SIGABRT of a service manager whose watchdog was not answered, writes the stack of every
    thread to standard error.
    """

    def __init__(self, log_format: LogFormat, *, level: str) -> None:
        self._format = log_format
        encode = ENCODERS[log_format]
        if log_format == "journald":
            self._writer: LogWriter = JournalWriter(encode, JOURNAL_SOCKET)
        else:
            self._writer = LogWriter("standard error", sys.stderr, encode)
        self._handler = AsyncLogHandler(self._writer, hold_tracebacks=level != "debug")
        logging.basicConfig(level=level.upper(), handlers=[self._handler])
        if sys.stderr is not None:
            faulthandler.enable()

    def started(self) -> None:
        """Write the tracebacks that were held while the daemon started."""
        self._handler.release_tracebacks()

    def fail(self, error: Exception) -> None:
        """Write why the daemon ends, as the last record."""
        if self._format == "text":
            self._writer.post(escaped_lines(f"{PREFIX}{error}"))
        else:
            self._writer.post(self._writer.encode(note(logging.CRITICAL, str(error))))

    def close(self) -> None:
        """Write what is queued."""
        self._writer.close()
