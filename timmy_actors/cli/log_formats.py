"""The formats of the daemon's log: lines for people, JSON lines, and the fields of systemd's journal."""

from __future__ import annotations

import json
import logging
import os
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from timmy_actors.cli.output import escaped
from timmy_actors.errors import ConfigError

LogFormat = Literal["text", "json", "journald"]
Encode: TypeAlias = Callable[[logging.LogRecord], str | bytes]
"""Converts a record to a line, or to a datagram of the journal."""
JOURNAL_SOCKET = Path("/run/systemd/journal/socket")
JOURNAL_STREAM = "JOURNAL_STREAM"
LONGEST_FIELD = 32_768
"""Bytes of a journal's field: its datagram must fit in the socket's buffer."""
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""syslog(3)'s level of each of logging's."""
_formatter = logging.Formatter()


def choose_format(wanted: str, stream: TextIO | None, *, journal: Path = JOURNAL_SOCKET) -> LogFormat:
    """The format for a stream: as wanted, or for "auto" by what the stream is.

    Raises:
        ConfigError: the journal's fields are wanted, and there is no journal.
    """
    match wanted:
        case "text" | "json":
            return wanted
        case "journald" if not journal.is_socket():
            raise ConfigError(f"--log-format journald: {journal} is not a socket: choose text or json")
        case "journald":
            return "journald"
    if stream is None or stream.isatty():
        return "text"
    return "journald" if _is_journal(stream) and journal.is_socket() else "json"


def _is_journal(stream: TextIO) -> bool:
    """Whether the stream is a connection to the journal: systemd names its device and inode (systemd.exec(5))."""
    facts = os.fstat(stream.fileno())
    return os.environ.get(JOURNAL_STREAM) == f"{facts.st_dev}:{facts.st_ino}"


def stamp(at: float | None = None) -> str:
    """Format a time (default: now) for the start of a line: local time, with milliseconds."""
    moment = datetime.now() if at is None else datetime.fromtimestamp(at)  # noqa: DTZ005, DTZ006  the operator's clock
    return moment.isoformat(" ", "milliseconds")


def to_text(record: logging.LogRecord) -> str:
    """The lines of a record: its message, then its traceback, each with time and level.

    So no logged text can look like another record.
    """
    head = f"{stamp(record.created)} {record.levelname:<7}"
    first, *others = map(escaped, "\n".join(_parts(record)).splitlines() or [""])
    return "\n".join([f"{head} {first}", *(f"{head}   {line}" for line in others)])


def to_json(record: logging.LogRecord) -> str:
    """A record as one line of JSON."""
    message, *traceback = _parts(record)
    fields = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "thread": record.threadName,
        "message": message,
    }
    if traceback:
        fields["traceback"] = traceback[0]
    return json.dumps(fields)


def to_journal(record: logging.LogRecord) -> bytes:
    """A record as a datagram of systemd's journal (Journal Export Format, with binary-safe values)."""
    message, *traceback = _parts(record)
    fields = {
        "MESSAGE": message,
        "PRIORITY": str(_PRIORITIES.get(record.levelno, 5)),
        "SYSLOG_IDENTIFIER": "timmy-actors",
        "LOGGER": record.name,
        "THREAD_NAME": record.threadName or "",
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
    }
    if traceback:
        fields["TRACEBACK"] = traceback[0]
    return b"".join(_field(name, value) for name, value in fields.items())


ENCODERS: dict[LogFormat, Encode] = {"text": to_text, "json": to_json, "journald": to_journal}


def _field(name: str, value: str) -> bytes:
    data = value.encode(errors="backslashreplace")[:LONGEST_FIELD]
    return name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"


def _parts(record: logging.LogRecord) -> list[str]:
    """The message, and the traceback if there is one."""
    parts = [record.getMessage()]
    if record.exc_info:
        parts.append(_formatter.formatException(record.exc_info))
    elif record.exc_text:
        parts.append(record.exc_text)
    if record.stack_info:
        parts.append(_formatter.formatStack(record.stack_info))
    return parts if len(parts) < 3 else [parts[0], "\n".join(parts[1:])]
