"""Waiting for conditions that signal no event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.005
PATIENCE_S = 60.0
"""The timeout of a failing test: far longer than any wait takes, even on a machine with ten times the load."""


def eventually(predicate: Callable[[], T], timeout_s: float = PATIENCE_S) -> T:
    """Call `predicate` repeatedly until its value is true; that value."""
    never = threading.Event()
    deadline = time.monotonic() + timeout_s
    while not (value := predicate()):
        assert time.monotonic() < deadline, f"not so within {timeout_s:g} s"
        never.wait(LOOK_EVERY_S)
    return value
