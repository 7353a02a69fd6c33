"""Asks, tells and restarts, against bare Pykka's."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from typing import Any

import pykka

from benchmarks.harness import Figure, Reading, interleave, p50
from timmy_actors.actors.board import Board
from timmy_actors.supervision import Actor, Backoff, ChildSpec, Directory, Intensity, Supervisor
from timmy_actors.supervision.actor import Lifecycle

ASKS = 300
BURSTS = 5
TELLS = 5_000
READS = 20_000


class _Echo(Actor):
    def on_receive(self, message: Any) -> Any:
        if message == "crash":
            raise SystemError("on purpose")
        if isinstance(message, threading.Event):
            message.set()
        return message


class _BareEcho(pykka.ThreadingActor):
    def on_receive(self, message: Any) -> Any:
        if isinstance(message, threading.Event):
            message.set()
        return message


class _Up(Lifecycle):
    def __init__(self) -> None:
        self.up = threading.Event()
        self.over = threading.Event()

    def started(self) -> None:
        self.up.set()

    def down(self, _reason: BaseException | None) -> None:
        self.over.set()


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    directory = Directory()
    supervisor = Supervisor(
        [ChildSpec("echo", _Echo, backoff=Backoff(stable_after_s=0.0))], directory, intensity=Intensity(failures=10**9)
    )
    life = supervisor.lifecycle = _Up()
    supervisor.launch()
    life.up.wait()
    bare = _BareEcho.start()
    try:
        yield _asks(directory, bare)
        yield _tells(directory, bare)
        yield _restarts(directory)
        yield _reads()
    finally:
        supervisor.stop()
        life.over.wait()
        bare.stop()


def _asks(directory: Directory, bare: pykka.ActorRef[Any]) -> Figure:
    subject, yardstick = interleave(
        lambda: p50(lambda: directory.ask("echo", 1, timeout_s=5).wait(), ASKS),
        lambda: p50(lambda: bare.ask(1), ASKS),
    )
    return Figure("ask a supervised actor, p50", subject, yardstick, "<= 1.1 x", lambda ratio: ratio <= 1.1)


def _tells(directory: Directory, bare: pykka.ActorRef[Any]) -> Figure:
    ref = directory.ref("echo")
    subject, yardstick = interleave(lambda: _tell_rate(ref), lambda: _tell_rate(bare))
    return Figure("tell throughput", subject, yardstick, ">= 5 x", lambda ratio: ratio >= 5, unit="k/s")


def _tell_rate(ref: pykka.ActorRef[Any]) -> float:
    """Thousands of messages a second, as the sender sees it: the median of a few bursts."""
    return statistics.median(_burst(ref) for _ in range(BURSTS))


def _burst(ref: pykka.ActorRef[Any]) -> float:
    began = time.perf_counter()
    for _ in range(TELLS):
        ref.tell(1)
    took = time.perf_counter() - began
    drained = threading.Event()
    ref.tell(drained)
    drained.wait()
    return TELLS / took / 1000


def _restarts(directory: Directory) -> Figure:
    subject, yardstick = interleave(lambda: _crash_to_answer(directory), _bare_restart)
    name = "crash to the replacement's first answer"
    return Figure(name, subject, yardstick, "<= 1.5 x", lambda ratio: ratio <= 1.5)


def _crash_to_answer(directory: Directory) -> float:
    entry = directory.entries["echo"]
    began = time.perf_counter()
    directory.tell("echo", "crash")
    with directory._changed:
        directory._changed.wait_for(lambda: directory.entries["echo"].generation != entry.generation)
    directory.ask("echo", 1, timeout_s=5, wait_s=5).wait()
    return (time.perf_counter() - began) * 1e6


def _bare_restart() -> float:
    ref = _BareEcho.start()
    ref.ask(1)
    began = time.perf_counter()
    ref.stop()
    ref = _BareEcho.start()
    ref.ask(1)
    took = (time.perf_counter() - began) * 1e6
    ref.stop()
    return took


def _reads() -> Reading:
    board = Board()
    values = [p50(lambda: board.snapshots.value.get("Timmy"), READS) for _ in range(21)]
    return Reading("snapshot read in process", values, "<= 5 us", lambda us: us <= 5, "us")
