"""Enlarges the kernel's futex table for processes with many threads.

Since Linux 6.16 each process has its own futex hash table with four slots per processor, at least 16, regardless of its
number of threads. Waiting threads are in lists behind these slots, and each wake-up searches one list. On two
processors, 10,000 waiting actors made a hand-over between two threads 13 times and the start of a thread 4 times slower
than 100 did. A table with as many slots as actors makes both as fast as with 100.
"""

from __future__ import annotations

import sys
import threading

ENOUGH = 256
"""Up to this number of actors the default table suffices."""
PR_FUTEX_HASH, SET_SLOTS, GET_SLOTS = 78, 1, 2
"""The operation of `prctl(2)`, and its two commands."""
GLOBAL = 0
"""The kernel's answer for a process that uses the system's global table."""


class FutexTable:
    """This process's futex table; it grows but does not shrink."""

    def __init__(self) -> None:
        self._fits = ENOUGH
        self._lock = threading.RLock()

    def fit(self, actors: int) -> None:
        """Enlarge the table for this number of waiting actors, if the kernel supports it."""
        if actors > self._fits:
            with self._lock:
                self._fits = _power_of_two(actors)
                _provide(self._fits)


def slots() -> int | None:
    """The number of slots of this process's table; None if the kernel does not report it or uses a global table."""
    count = _prctl(GET_SLOTS, 0)
    return count if count > GLOBAL else None


def _provide(wanted: int) -> None:
    have = slots()
    if have is not None and have < wanted:
        _prctl(SET_SLOTS, wanted)


def _prctl(verb: int, count: int) -> int:
    if sys.platform != "linux":
        return -1
    import ctypes  # noqa: PLC0415  takes a megabyte and is needed only by large trees

    number = ctypes.c_ulong
    result: int = ctypes.CDLL(None).prctl(PR_FUTEX_HASH, number(verb), number(count), number(0), number(0))
    return result


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()


FUTEX_TABLE = FutexTable()
"""The table of this process."""
