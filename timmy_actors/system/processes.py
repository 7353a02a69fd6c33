"""Process exits in words, and lock files."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import IO


def how_it_ended(code: int) -> str:
    """Describe a process's return code."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


class LockFile:
    """A lock on the file `path`, which contains the process id of its holder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self) -> str | None:
        """Acquire the lock. Returns None, or a description of the process that holds it.

        Raises:
            OSError: the file cannot be created or written.
        """
        import fcntl  # noqa: PLC0415  not on every system, and only a daemon needs it

        file = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = _holder(file.read())
            file.close()
            return holder
        self._file = file
        try:
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), json.dumps({"pid": os.getpid()}).encode())
        except OSError:
            self.release()
            raise
        return None

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _holder(text: str) -> str:
    try:
        return f"process {int(json.loads(text)['pid'])}"
    except (ValueError, KeyError, TypeError):
        return "a process that did not say its number"
