"""Where a thread is, read from another one."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from types import FrameType

_looking = threading.Lock()


def stack_of(thread: threading.Thread | None) -> str:
    """The thread's stack as a traceback shows it, the innermost call last."""
    frame = None if thread is None or thread.ident is None else _frames().get(thread.ident)
    return "".join(traceback.format_stack(frame)) if frame is not None else "a thread that has ended"


def _frames() -> dict[int, FrameType]:
    # CPython below 3.12.1 holds its lock on threads in there: a collection that runs Python code lets another thread
    # in, and if that one starts a thread the process stands still for ever (gh-106883; the storm showed it).
    with _looking:
        collects = gc.isenabled()
        gc.disable()
        try:
            return dict(sys._current_frames())  # noqa: SLF001  there is no other way
        finally:
            if collects:
                gc.enable()
