from __future__ import annotations

import json
import logging
import os
import socket
import struct
from pathlib import Path
from typing import TextIO

import pytest

from timmy_actors.cli.async_writer import AsyncLogHandler, JournalWriter
from timmy_actors.cli.log_formats import choose_format, to_journal, to_json
from timmy_actors.errors import ConfigError


def record(**fields: object) -> logging.LogRecord:
    base = {"name": "timmy_actors.link", "levelno": logging.ERROR, "levelname": "ERROR", "msg": "no %s", "args": ("x",)}
    return logging.makeLogRecord({**base, **fields})


def journal_fields(datagram: bytes) -> dict[str, str]:
    """The fields of a datagram in the journal's binary-safe form."""
    fields = {}
    while datagram:
        name, rest = datagram.split(b"\n", 1)
        (length,) = struct.unpack("<Q", rest[:8])
        fields[name.decode()] = rest[8 : 8 + length].decode()
        assert rest[8 + length : 9 + length] == b"\n"
        datagram = rest[9 + length :]
    return fields


@pytest.fixture
def journal(runtime_folder: Path) -> Path:
    path = runtime_folder / "journal"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
    return path


def choose(stream: TextIO, journal: Path, monkeypatch: pytest.MonkeyPatch, names: TextIO) -> str:
    facts = os.fstat(names.fileno())
    monkeypatch.setenv("JOURNAL_STREAM", f"{facts.st_dev}:{facts.st_ino}")
    return choose_format("auto", stream, journal=journal)


def test_the_format_follows_from_what_standard_error_is(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    controlling, terminal = os.openpty()
    null, file = Path(os.devnull), journal.parent / "log"
    with os.fdopen(controlling), os.fdopen(terminal, "w") as tty, null.open("w") as other, file.open("w") as stream:
        assert choose(tty, journal, monkeypatch, other) == "text"
        assert choose(stream, journal, monkeypatch, other) == "json"
        assert choose(stream, journal, monkeypatch, stream) == "journald"
        assert choose(stream, journal.parent / "missing", monkeypatch, stream) == "json"


def test_a_journal_that_is_wanted_and_missing_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a socket: choose text or json"):
        choose_format("journald", None, journal=tmp_path / "missing")


def test_a_record_is_one_line_of_json_with_its_traceback() -> None:
    line = to_json(record(exc_text="Traceback\nValueError: \x1b[2J", threadName="link", created=0.25))
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.250+00:00", "level": "error", "logger": "timmy_actors.link", "thread": "link",
        "message": "no x", "traceback": "Traceback\nValueError: \x1b[2J",
    }  # fmt: skip


def test_a_record_is_a_datagram_of_the_journal_and_its_text_cannot_add_a_field() -> None:
    fields = journal_fields(to_journal(record(args=("x\nPRIORITY=0",), lineno=7)))
    assert fields["MESSAGE"] == "no x\nPRIORITY=0"
    assert (fields["PRIORITY"], fields["LOGGER"], fields["CODE_LINE"]) == ("3", "timmy_actors.link", "7")
    assert "TRACEBACK" not in fields


def test_the_journal_gets_every_record_also_after_it_was_away(runtime_folder: Path) -> None:
    path = runtime_folder / "journal"
    writer = JournalWriter(to_journal, path)
    log = AsyncLogHandler(writer)
    log.emit(record(args=("lost",)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(60)
        log.emit(record(args=("big " * 100_000,)))
        log.emit(record(args=("last",)))
        messages: list[str] = []
        while "no last" not in messages:
            messages.append(journal_fields(listener.recv(1_000_000))["MESSAGE"])
        writer.close()
    assert messages[-2].startswith("no big big")
