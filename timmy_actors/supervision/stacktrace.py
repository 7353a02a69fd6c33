"""Where a thread is, read from another one."""

from __future__ import annotations

import gc
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

_looking = threading.Lock()


def stack_of(thread: threading.Thread | None) -> str:
    """The thread's stack as a traceback shows it, the innermost call last."""
    # A collection amid this lets other threads on, where it runs Python code. CPython below 3.12.1 holds its lock on
    # threads in `_current_frames`: if one of those starts a thread then, the process stands still for ever (gh-106883;
    # the storm showed it). And a frame whose thread goes on while it is made into an object is read after its end.
    with _no_collection():
        frame = None if thread is None else sys._current_frames().get(thread.ident or 0)  # noqa: SLF001  no other way
        return "".join(traceback.format_stack(frame)) if frame is not None else "a thread that has ended"


@contextmanager
def _no_collection() -> Iterator[None]:
    with _looking:
        collects = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if collects:
                gc.enable()
