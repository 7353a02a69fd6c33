"""Ends the process with its parent, even when it is stopped (SIGSTOP)."""

from __future__ import annotations

import ctypes
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(lifeline: int) -> bool:
    """Have the kernel kill this process when the thread that started it ends (Linux, prctl(2)).

    Returns False if the parent has ended already. On other systems there is only the lifeline, which suffices for a
    process that is not stopped.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Check the lifeline after prctl: the kernel does not report a parent that ended before the call.
    watch = select.poll()
    watch.register(lifeline, select.POLLIN)
    return not watch.poll(0)
