"""The last lines of a file that another program writes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LAST_LINES = 20
TAIL_BYTES = 16 * 1024
LONGEST_LINE = 500


def last_lines(path: Path) -> tuple[str, ...]:
    """Up to `LAST_LINES` whole lines, the newest last.

    Raises:
        OSError: it cannot be read, or is no file.
    """
    # Not waiting: a FIFO in a log's place would hold up every capture.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(0, "is no regular file")
        file.seek(max(0, facts.st_size - TAIL_BYTES))
        raw = file.read(TAIL_BYTES)
    lines = raw.decode(errors="replace").splitlines()
    whole = lines[1:] if facts.st_size > TAIL_BYTES else lines
    return tuple(line[:LONGEST_LINE] for line in whole[-LAST_LINES:])
