"""Ties the process to the one that started it, so that it never outlives it, not even stopped (SIGSTOP)."""

from __future__ import annotations

import ctypes
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(lifeline: int) -> bool:
    """Have the kernel kill this process when the thread that started it ends (Linux, prctl(2)); False: it has ended.

    The lifeline is enough for a process that runs, and all there is on other systems.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Asked for only afterwards: an end before it would have been missed.
    watch = select.poll()
    watch.register(lifeline, select.POLLIN)
    return not watch.poll(0)
