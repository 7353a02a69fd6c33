"""Pykka as it comes: nobody restarts anything, so its crash is a stop and a start by hand."""

from __future__ import annotations

import statistics
import threading
import time
from typing import Any

import pykka

from benchmarks.contenders import ASKS, BURSTS, CRASHES, LIVES, TELLS
from benchmarks.harness import p50


class Echo(pykka.ThreadingActor):
    """Answers with what it was asked."""

    def on_receive(self, message: Any) -> Any:
        """Answer, and set an event that was sent."""
        if isinstance(message, threading.Event):
            message.set()
        return message


class BarePykka:
    """The yardstick."""

    name = "bare Pykka"

    def __init__(self) -> None:
        self._ref = Echo.start()

    def ask(self) -> float:
        """See `Contender`."""
        return p50(lambda: self._ref.ask(1), ASKS)

    def tell(self) -> tuple[float, float]:
        """See `Contender`."""
        return bursts(self._ref)

    def live(self) -> tuple[float, float]:
        """See `Contender`."""
        starts, stops = zip(*(_live() for _ in range(LIVES)), strict=True)
        return statistics.median(starts), statistics.median(stops)

    def crash(self) -> float:
        """A stop, a start and an ask."""
        return p50(self._replace, CRASHES)

    def close(self) -> None:
        """See `Contender`."""
        self._ref.stop()

    def _replace(self) -> None:
        self._ref.stop()
        self._ref = Echo.start()
        self._ref.ask(1)


def bursts(ref: pykka.ActorRef[Any]) -> tuple[float, float]:
    """Thousands of tells a second, sent and handled."""
    sent, handled = zip(*(_burst(ref) for _ in range(BURSTS)), strict=True)
    return statistics.median(sent), statistics.median(handled)


def _burst(ref: pykka.ActorRef[Any]) -> tuple[float, float]:
    began = time.perf_counter()
    for _ in range(TELLS):
        ref.tell(1)
    sent = time.perf_counter()
    drained = threading.Event()
    ref.tell(drained)
    drained.wait()
    return TELLS / (sent - began) / 1000, TELLS / (time.perf_counter() - began) / 1000


def _live() -> tuple[float, float]:
    began = time.perf_counter()
    ref = Echo.start()
    ref.ask(1)
    started = time.perf_counter()
    ref.stop()
    return (started - began) * 1e6, (time.perf_counter() - started) * 1e6
