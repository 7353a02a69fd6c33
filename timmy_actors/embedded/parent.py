"""Ends the process with its parent, even when it is stopped (SIGSTOP)."""

from __future__ import annotations

import select
import signal

from timmy_actors.system import when_parent_ends


def end_with_parent(lifeline: int) -> bool:
    """Have the kernel kill this process when the thread that started it ends (Linux, prctl(2)).

    Returns False if the parent has ended already. On other systems there is only the lifeline, which suffices for a
    process that is not stopped.
    """
    when_parent_ends(signal.SIGKILL)
    # Check the lifeline after prctl: the kernel does not report a parent that ended before the call.
    watch = select.poll()
    watch.register(lifeline, select.POLLIN)
    return not watch.poll(0)
