"""This package: a supervised actor behind a name."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Any

from benchmarks.contenders import ASKS, BURSTS, CRASHES, LIVES, TELLS
from benchmarks.contenders.bare_pykka import bursts
from benchmarks.harness import p50
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildSpec,
    Directory,
    Intensity,
    Root,
    StartChild,
    StopChild,
    Supervisor,
)

PATIENCE_S = 5.0


class Echo(Actor):
    """Answers with what it was asked, or crashes."""

    def on_receive(self, message: Any) -> Any:
        """Answer, and set an event that was sent."""
        if message == "crash":
            raise SystemError("on purpose")
        if isinstance(message, threading.Event):
            message.set()
        return message


class Timmy:
    """The subject."""

    name = "timmy_actors"

    def __init__(self) -> None:
        self.directory = Directory()
        spec = ChildSpec("echo", Echo, backoff=Backoff(stable_after_s=0.0))
        self._root = Root(Supervisor([spec], self.directory, intensity=Intensity(failures=10**9))).start()

    def ask(self) -> float:
        """See `Contender`."""
        return p50(lambda: self._answer("echo"), ASKS)

    def tell(self) -> tuple[float, float]:
        """See `Contender`."""
        return bursts(self.directory.ref("echo"))

    def tell_by_name(self) -> float:
        """The same through the directory, which finds today's incarnation for each message."""
        return statistics.median(self._burst() for _ in range(BURSTS))

    def live(self) -> tuple[float, float]:
        """See `Contender`; the supervisor is asked for both."""
        starts, stops = zip(*(self._live() for _ in range(LIVES)), strict=True)
        return statistics.median(starts), statistics.median(stops)

    def crash(self) -> float:
        """See `Contender`: asked at once, by somebody who waits for the restart."""
        return p50(self._crash, CRASHES)

    def close(self) -> None:
        """See `Contender`."""
        self._root.stop()

    def _crash(self) -> None:
        self.directory.tell("echo", "crash")
        self.directory.ask("echo", 1, timeout_s=PATIENCE_S, wait_s=PATIENCE_S).wait()

    def _answer(self, name: str) -> Any:
        return self.directory.ask(name, 1, timeout_s=PATIENCE_S).wait()

    def _burst(self) -> float:
        began = time.perf_counter()
        for _ in range(TELLS):
            self.directory.tell("echo", 1)
        took = time.perf_counter() - began
        self._answer("echo")
        return TELLS / took / 1000

    def _live(self) -> tuple[float, float]:
        began = time.perf_counter()
        self._root.ref.ask(StartChild(ChildSpec("other", Echo)), timeout=PATIENCE_S)
        self._answer("other")
        started = time.perf_counter()
        self._root.ref.ask(StopChild("other"), timeout=PATIENCE_S)
        return (started - began) * 1e6, (time.perf_counter() - started) * 1e6
