"""Counts the calls of the package's functions in every thread, and the messages between its actors."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from timmy_actors import supervision
from timmy_actors.supervision import Mailbox

PACKAGE = str(Path(supervision.__file__).parents[1])
PUT = Mailbox.put.__code__
WAKE_UP = "call_soon_threadsafe"

Step = tuple[str, CodeType]
"""A thread and a function."""


@dataclass
class Run:
    """What one run called."""

    calls: Counter[Step] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    """By the class of the message."""
    wake_ups: int = 0
    """How often a thread woke the event loop of another."""


class CallCounter:
    """Counts while `counting`; threads that start after `install` are seen."""

    def __init__(self) -> None:
        self._run: Run | None = None

    def install(self) -> None:
        """See this thread, and all threads that start from now on."""
        threading.setprofile(self._on_event)
        sys.setprofile(self._on_event)

    def remove(self) -> None:
        """See no thread that starts from now on."""
        threading.setprofile(None)
        sys.setprofile(None)

    @contextmanager
    def counting(self) -> Iterator[Run]:
        """Count what happens in the block."""
        self._run = run = Run()
        try:
            yield run
        finally:
            self._run = None

    def _on_event(self, frame: FrameType, event: str, _argument: object) -> None:
        run, code = self._run, frame.f_code
        if run is None or event != "call":
            return
        if code.co_name == WAKE_UP:
            run.wake_ups += 1
        elif code.co_filename.startswith(PACKAGE):
            run.calls[threading.current_thread().name, code] += 1
            if code is PUT:
                run.messages[_message(frame.f_locals["letter"])] += 1


@dataclass(frozen=True)
class Summary:
    """What every run has in common."""

    name: str
    functions: int
    calls: int
    messages: Counter[str]
    wake_ups: int
    threads: list[str]

    def row(self) -> str:
        """A row of the table."""
        numbers = (self.functions, self.calls, self.messages.total(), self.wake_ups, len(self.threads))
        return f"| {self.name} | {' | '.join(map(str, numbers))} |"


def summary(name: str, runs: list[Run]) -> Summary:
    """What each of these runs did, as often as the one that did it least."""
    calls, messages = (_common([getattr(run, part) for run in runs]) for part in ("calls", "messages"))
    threads = sorted({thread for thread, _ in calls})
    functions = {code for _, code in calls}
    return Summary(name, len(functions), calls.total(), messages, min(run.wake_ups for run in runs), threads)


def _common(counts: list[Counter[Any]]) -> Counter[Any]:
    common = counts[0]
    for count in counts[1:]:
        common &= count
    return common


def _message(letter: Any) -> str:
    return type(getattr(letter, "message", letter)).__name__
