"""Keeps standard output for the protocol: what a library prints there while nothing is served goes to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

STDOUT, STDERR = 1, 2


@contextmanager
def kept_for_the_protocol() -> Iterator[TextIO]:
    """Send file descriptor 1 to stderr until the block ends; gives the real standard output.

    python-xlib 0.33 prints a warning on standard output when the X authority file is empty. While MCP is served over
    stdio the SDK (2.3) does the same by itself; this covers the time before and after.
    """
    with suppress(BrokenPipeError):  # whoever was to read it is gone
        sys.stdout.flush()
    real = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    try:
        with os.fdopen(os.dup(real), "w", encoding="utf-8") as protocol:
            yield protocol
    finally:
        sys.stdout.flush()
        os.dup2(real, STDOUT)
        os.close(real)
