"""How many more daemons this process may connect to: libzmq ends the process when it cannot open another file."""

from __future__ import annotations

import resource
from pathlib import Path

FILES_OF_A_DAEMON = 12
"""A connection has 10: sockets, and what libzmq's threads wait for."""
SPARE = 32
"""What the rest of the program may still open."""
OPEN = Path("/dev/fd")


def files_limit() -> int:
    """How many files this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return int(soft) if soft != resource.RLIM_INFINITY else 1 << 30


def room_for_daemons() -> int:
    """How many more daemons can be connected to."""
    return max(0, files_limit() - sum(1 for _ in OPEN.iterdir()) - SPARE) // FILES_OF_A_DAEMON
