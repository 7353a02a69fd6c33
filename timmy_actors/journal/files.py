"""A journal's files: the database, and SQLite's write-ahead log and shared memory beside it."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from pathlib import Path

from timmy_actors.errors import JournalUnusableError

EX_DATAERR, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL = 65, 73, 74, 75
MOVE_AWAY = "move it (and the files -wal and -shm beside it) away, and a new one is created"
ELSEWHERE = "or name another file with journal.file"
_KNOWN: dict[int, tuple[int, str, str]] = {
    sqlite3.SQLITE_FULL: (EX_IOERR, "the disk is full", f"make room there, {ELSEWHERE}"),
    sqlite3.SQLITE_BUSY: (EX_TEMPFAIL, "another program holds it locked", f"end that program, {ELSEWHERE}"),
    sqlite3.SQLITE_LOCKED: (EX_TEMPFAIL, "another program holds it locked", f"end that program, {ELSEWHERE}"),
    sqlite3.SQLITE_CORRUPT: (EX_DATAERR, "it is damaged", f"{MOVE_AWAY}, {ELSEWHERE}"),
    sqlite3.SQLITE_NOTADB: (EX_DATAERR, "it is not a journal", f"{MOVE_AWAY}, {ELSEWHERE}"),
    sqlite3.SQLITE_CANTOPEN: (EX_CANTCREAT, "it cannot be opened", f"see that its folder is yours, {ELSEWHERE}"),
    sqlite3.SQLITE_READONLY: (EX_CANTCREAT, "it is not writable", f"see that it is yours, {ELSEWHERE}"),
    sqlite3.SQLITE_IOERR: (EX_IOERR, "the disk reported an error", f"check the disk, {ELSEWHERE}"),
}
_PRIMARY = 0xFF
"""The low byte of an extended result code is the code itself."""


def explain(path: Path, error: sqlite3.Error) -> JournalUnusableError:
    """Convert SQLite's error to a `JournalUnusableError` with a remedy."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    exit_code, reason, remedy = _KNOWN.get(code, (EX_IOERR, "it cannot be used", f"check the disk, {ELSEWHERE}"))
    return JournalUnusableError(f"journal {path}: {reason} ({error}): {remedy}", exit_code)


def beside(path: Path) -> tuple[Path, Path]:
    """The paths of a journal's write-ahead log and shared memory."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def wal_bytes(path: Path) -> int:
    """The size of a journal's write-ahead log; 0 if it does not exist."""
    try:
        return os.stat(f"{path}-wal").st_size  # noqa: PTH116  a third of the time, for each commit
    except FileNotFoundError:
        return 0


def free_bytes(path: Path) -> int:
    """The free bytes on a file's disk."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def make_private(path: Path) -> None:
    """Create a journal's file if missing, and make it and the files beside it accessible to their owner only.

    Raises:
        JournalUnusableError: it cannot be created, or belongs to another user.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        for file in (path, *beside(path)):
            _close_to_others(file)
    except OSError as error:
        code, remedy = (
            (EX_IOERR, "make room there") if error.errno == errno.ENOSPC else (EX_CANTCREAT, "see that it is yours")
        )
        raise JournalUnusableError(
            f"journal {path}: it cannot be opened ({error.strerror}): {remedy}, {ELSEWHERE}", code
        ) from error


def _close_to_others(path: Path) -> None:
    # By path: closing a descriptor would release this process's locks on the file (fcntl(2)).
    try:
        facts = path.stat()
    except FileNotFoundError:
        return
    if facts.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{path.name} belongs to another user, uid {facts.st_uid}")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        path.chmod(0o600)
