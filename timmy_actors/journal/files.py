"""A journal's files: itself, and SQLite's write-ahead log and shared memory beside it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.errors import ELSEWHERE, EX_CANTCREAT, EX_IOERR


def beside(path: Path) -> tuple[Path, Path]:
    """The write-ahead log and the shared memory of a journal."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def wal_bytes(path: Path) -> int:
    """How large a journal's write-ahead log is; 0 where there is none."""
    try:
        return beside(path)[0].stat().st_size
    except FileNotFoundError:
        return 0


def free_bytes(path: Path) -> int:
    """How many bytes can still be written to a file's disk."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def make_private(path: Path) -> None:
    """Make a journal's file if it is not there; it, and what is beside it, is then its owner's alone.

    Raises:
        JournalUnusableError: it cannot be made, or belongs to another user.
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
    # Not by a descriptor: closing one would drop the locks that this process has on the file (fcntl(2)).
    try:
        facts = path.stat()
    except FileNotFoundError:
        return
    if facts.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"{path.name} belongs to another user, uid {facts.st_uid}")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        path.chmod(0o600)
