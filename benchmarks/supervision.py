"""Asks, tells, starts, stops and restarts, against bare Pykka, mode-streaming and Erlang/OTP in the same rounds.

The holds are against bare Pykka. The others are told for what they are: mode-streaming's messages stay in one thread,
and Erlang changes processes without the operating system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from benchmarks.contenders import Absent, Contender
from benchmarks.contenders.bare_pykka import BarePykka
from benchmarks.contenders.erlang import Erlang
from benchmarks.contenders.mode_streaming import ModeStreaming
from benchmarks.contenders.timmy import Timmy
from benchmarks.harness import Figure, Note, Reading, in_turn, interleave, p50
from timmy_actors.actors.board import Board

READS = 20_000
RIVALS: tuple[Callable[[], Contender], ...] = (ModeStreaming, Erlang)


@dataclass(frozen=True)
class _Row:
    name: str
    measure: Callable[[Contender], float]
    hold: str = ""
    """What the ratio to bare Pykka's must be."""
    held: Callable[[float], bool] = lambda _ratio: True
    unit: str = "us"


ROWS = (
    _Row("ask a supervised actor, p50", lambda who: who.ask(), "<= 1.1 x", lambda ratio: ratio <= 1.1),
    _Row("tell throughput, sent", lambda who: who.tell()[0], ">= 5 x", lambda ratio: ratio >= 5, "k/s"),
    _Row("tell throughput, sent and handled", lambda who: who.tell()[1], unit="k/s"),
    _Row("start to the first answer", lambda who: who.live()[0]),
    _Row("stop to its end", lambda who: who.live()[1]),
    _Row("crash to the replacement's first answer", lambda who: who.crash(), "<= 1.5 x", lambda ratio: ratio <= 1.5),
)


def run() -> Iterator[Figure | Reading | Note]:
    """Every figure of this room."""
    with ExitStack() as stack:
        timmy, pykka = Timmy(), BarePykka()
        stack.callback(pykka.close)
        stack.callback(timmy.close)
        rivals: list[Contender] = []
        for rival in RIVALS:
            try:
                rivals.append(rival())
            except Absent as absent:
                yield Note(f"{absent}: its rows are left out")
            else:
                stack.callback(rivals[-1].close)
        for row in ROWS:
            yield from _compare(row, timmy, pykka, rivals)
        yield _tells_by_name(timmy, pykka)
    yield _reads()


def _compare(row: _Row, timmy: Timmy, pykka: BarePykka, rivals: list[Contender]) -> Iterator[Figure]:
    everybody: list[Contender] = [timmy, pykka, *rivals]
    subject, yardstick, *others = in_turn(*(partial(row.measure, who) for who in everybody))
    yield Figure(row.name, subject, yardstick, row.hold, row.held, row.unit, pykka.name)
    for rival, theirs in zip(rivals, others, strict=True):
        yield Figure(row.name, subject, theirs, unit=row.unit, yardstick_name=rival.name)


def _tells_by_name(timmy: Timmy, pykka: BarePykka) -> Figure:
    subject, yardstick = interleave(timmy.tell_by_name, lambda: pykka.tell()[0])
    return Figure("tell throughput, sent by name", subject, yardstick, unit="k/s", yardstick_name=pykka.name)


def _reads() -> Reading:
    board = Board()
    values = [p50(lambda: board.snapshots.value.get("Timmy"), READS) for _ in range(21)]
    return Reading("snapshot read in process", values, "<= 5 us", lambda us: us <= 5, "us")
