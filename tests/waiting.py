"""Waiting for what has no event of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.005
PATIENCE_S = 60.0
"""Far longer than anything waited for takes, also where every core is shared with ten others: it bounds a failure."""


def eventually(predicate: Callable[[], T], timeout_s: float = PATIENCE_S) -> T:
    """What `predicate` returns once it is true, looked at again and again."""
    never = threading.Event()
    deadline = time.monotonic() + timeout_s
    while not (found := predicate()):
        assert time.monotonic() < deadline, f"not so within {timeout_s:g} s"
        never.wait(LOOK_EVERY_S)
    return found
