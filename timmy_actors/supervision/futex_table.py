"""Room in the kernel for the locks of many threads.

Since Linux 6.16 a process has a futex table of its own: four slots a processor, 16 at least, whatever its number of
threads. Threads that wait stand in lists behind these slots, and each waking walks one. On two processors 10,000 actors
that wait made every hand-over between two threads take 13 times as long as 100 did, and a thread's start 4 times. A
table of as many slots as there are actors makes both as fast as with 100 again.
"""

from __future__ import annotations

import sys
import threading

ENOUGH = 256
"""Actors that need nothing: the lists behind 16 slots are short."""
PR_FUTEX_HASH, SET_SLOTS, GET_SLOTS = 78, 1, 2
"""`prctl(2)`: its operation, and what it is to do."""
GLOBAL = 0
"""What the kernel answers for a process that shares the system's large table."""


class FutexTable:
    """This process's table; it grows, and never shrinks."""

    def __init__(self) -> None:
        self._fits = ENOUGH
        self._lock = threading.RLock()

    def fit(self, actors: int) -> None:
        """See that so many actors may wait. A kernel that has no such table, or refuses, is left as it is."""
        if actors > self._fits:
            with self._lock:
                self._fits = _power_of_two(actors)
                _provide(self._fits)


def slots() -> int | None:
    """How many slots this process's table has; None where the kernel does not say, or all processes share one."""
    count = _prctl(GET_SLOTS, 0)
    return count if count > GLOBAL else None


def _provide(wanted: int) -> None:
    have = slots()
    if have is not None and have < wanted:
        _prctl(SET_SLOTS, wanted)


def _prctl(verb: int, count: int) -> int:
    if sys.platform != "linux":
        return -1
    import ctypes  # noqa: PLC0415  a megabyte that only a tree of many actors needs

    number = ctypes.c_ulong
    result: int = ctypes.CDLL(None).prctl(PR_FUTEX_HASH, number(verb), number(count), number(0), number(0))
    return result


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()


FUTEX_TABLE = FutexTable()
"""The process's, like its threads."""
