"""What SQLite says, as an operator needs to hear it: file, reason, remedy, and an exit code of sysexits(3). Pure."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from timmy_actors.errors import JournalUnusableError

EX_DATAERR, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL = 65, 73, 74, 75
MOVE_AWAY = "move it (and the files -wal and -shm beside it) away, and a fresh one is made"
ELSEWHERE = "or name another with journal.file"

_KNOWN: dict[int, tuple[int, str, str]] = {
    sqlite3.SQLITE_FULL: (EX_IOERR, "the disk is full", f"make room there, {ELSEWHERE}"),
    sqlite3.SQLITE_BUSY: (EX_TEMPFAIL, "another program holds it locked", f"end that program, {ELSEWHERE}"),
    sqlite3.SQLITE_LOCKED: (EX_TEMPFAIL, "another program holds it locked", f"end that program, {ELSEWHERE}"),
    sqlite3.SQLITE_CORRUPT: (EX_DATAERR, "it is damaged", f"{MOVE_AWAY}, {ELSEWHERE}"),
    sqlite3.SQLITE_NOTADB: (EX_DATAERR, "it is no journal", f"{MOVE_AWAY}, {ELSEWHERE}"),
    sqlite3.SQLITE_CANTOPEN: (EX_CANTCREAT, "it cannot be opened", f"see that its folder is yours, {ELSEWHERE}"),
    sqlite3.SQLITE_READONLY: (EX_CANTCREAT, "it may not be written", f"see that it is yours, {ELSEWHERE}"),
    sqlite3.SQLITE_IOERR: (EX_IOERR, "the disk does not take it", f"see to the disk, {ELSEWHERE}"),
}
_PRIMARY = 0xFF
"""The low byte of an extended result code is the code itself."""


def explain(path: Path, error: sqlite3.Error) -> JournalUnusableError:
    """SQLite's error, as this package's."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    exit_code, reason, remedy = _KNOWN.get(code, (EX_IOERR, "it cannot be used", f"see to the disk, {ELSEWHERE}"))
    return JournalUnusableError(f"journal {path}: {reason} ({error}): {remedy}", exit_code)
