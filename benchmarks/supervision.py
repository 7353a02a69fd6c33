"""Asks, tells, starts, stops and restarts, against bare Pykka, mode-streaming and Erlang/OTP in the same rounds.

Public names only. The holds are against bare Pykka, or against this package itself with few children. The others are
shown for comparison: mode-streaming's messages stay in one thread, and Erlang changes processes without the operating
system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from benchmarks.contenders import AbsentError, Contender
from benchmarks.contenders.bare_pykka import BarePykka
from benchmarks.contenders.erlang import Erlang
from benchmarks.contenders.mode_streaming import ModeStreaming
from benchmarks.contenders.population import Population
from benchmarks.contenders.timmy import Timmy
from benchmarks.harness import Figure, Note, Reading, in_turn, p50
from timmy_actors.daemon import SharedState

ROUNDS = 20
READS = 20_000
FEW, MANY = 100, 10_000
"""Children of the supervisors that are asked for one more."""
POPULATIONS = (("supervised", MANY), ("supervised", FEW), ("bare", MANY), ("bare", FEW))
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
    _Row("ask a supervised actor, p50", lambda who: who.ask(), "<= 1.0 x", lambda ratio: ratio <= 1.0),
    _Row("tell throughput, sent", lambda who: who.tell()[0], "", unit="k/s"),
    _Row("tell throughput, sent and handled", lambda who: who.tell()[1], ">= 1.0 x", lambda ratio: ratio >= 1, "k/s"),
    _Row("start to the first answer", lambda who: who.live()[0], "<= 2 x", lambda ratio: ratio <= 2),
    _Row("stop to its end", lambda who: who.live()[1], "<= 2 x", lambda ratio: ratio <= 2),
    _Row("crash to the replacement's first answer", lambda who: who.crash(), "<= 1.8 x", lambda ratio: ratio <= 1.8),
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
            except AbsentError as absent:
                yield Note(f"{absent}: its rows are left out")
            else:
                stack.callback(rivals[-1].close)
        for row in ROWS:
            yield from _compare(row, timmy, pykka, rivals)
        yield _tells_by_name(timmy, pykka)
    yield from _one_more()
    yield _reads()


def _compare(row: _Row, timmy: Timmy, pykka: BarePykka, rivals: list[Contender]) -> Iterator[Figure]:
    everybody: list[Contender] = [timmy, pykka, *rivals]
    subject, yardstick, *others = in_turn(*(partial(row.measure, who) for who in everybody), rounds=ROUNDS)
    yield Figure(row.name, subject, yardstick, row.hold, row.held, row.unit, pykka.name)
    for rival, theirs in zip(rivals, others, strict=True):
        yield Figure(row.name, subject, theirs, unit=row.unit, yardstick_name=rival.name)


def _tells_by_name(timmy: Timmy, pykka: BarePykka) -> Figure:
    subject, yardstick = in_turn(timmy.tell_by_name, lambda: pykka.tell()[0], rounds=ROUNDS)
    return Figure("tell throughput, sent by name", subject, yardstick, unit="k/s", yardstick_name=pykka.name)


def _one_more() -> Iterator[Figure | Note]:
    """What a child costs that is started beside many: each supervisor in a process of its own, in turn.

    The hold is on the time until it is up. That grows with the process's threads too, which the rows of bare Pykka and
    of bare threads show; the row of user CPU shows the work that is done for the child.
    """
    name, beside = f"one more child beside {MANY:,}", f"beside {FEW}"
    with ExitStack() as stack:
        many, few, pykka_many, pykka_few = (Population(*how) for how in POPULATIONS)
        for population in (many, few, pykka_many, pykka_few):
            stack.callback(population.close)
        rounds = in_turn(many.start, few.start, pykka_many.start, pykka_few.start, rounds=ROUNDS)
        (wall, cpu), (wall_few, cpu_few), (pykka, _), (pykka_few_wall, _) = (zip(*one, strict=True) for one in rounds)
        hold = partial(Figure, hold="<= 1.5 x", held=lambda ratio: ratio <= 1.5, yardstick_name=beside)
        yield hold(f"{name}: until it is up", list(wall), list(wall_few))
        yield Figure(f"{name}: work, user CPU", list(cpu), list(cpu_few), yardstick_name=beside)
        yield Figure(f"{name}: the same, bare Pykka", list(pykka), list(pykka_few_wall), yardstick_name=beside)
        yield from _one_more_in_erlang(stack, name, beside)
    yield _one_more_thread(name, beside)


def _one_more_in_erlang(stack: ExitStack, name: str, beside: str) -> Iterator[Figure | Note]:
    try:
        erlang = [Erlang(), Erlang()]
    except AbsentError as absent:
        yield Note(f"{absent}: its row is left out")
        return
    for one in erlang:
        stack.callback(one.close)
    measures = (partial(one.start_one_more, children) for one, children in zip(erlang, (MANY, FEW), strict=True))
    subject, yardstick = in_turn(*measures, rounds=ROUNDS)
    yield Figure(f"{name}: the same, Erlang/OTP", subject, yardstick, yardstick_name=beside)


def _one_more_thread(name: str, beside: str) -> Figure:
    # After the others: together they would have more threads than a small machine allows.
    with ExitStack() as stack:
        many, few = (Population("threads", threads) for threads in (MANY, FEW))
        for population in (many, few):
            stack.callback(population.close)
        (wall, _), (wall_few, _) = (zip(*one, strict=True) for one in in_turn(many.start, few.start, rounds=ROUNDS))
        return Figure(f"{name}: the same, bare threads", list(wall), list(wall_few), yardstick_name=beside)


def _reads() -> Reading:
    shared = SharedState()
    values = [p50(lambda: shared.perceptions.snapshots.value.get("Timmy"), READS) for _ in range(21)]
    return Reading("snapshot read in process", values, "<= 1 us", lambda us: us <= 1, "us")
