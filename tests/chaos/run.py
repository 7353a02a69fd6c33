"""One storm from beginning to audit, and its report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.audit import Books, complaints, read_books
from tests.chaos.callers import CALLERS, Callers, number_of
from tests.chaos.faults import Storm
from tests.chaos.stage import Stage

MOST_COMPLAINTS = 50
STUCK_S = 60.0
"""How long a command may take with nothing in its way: more, and the storm is over."""


@dataclass(frozen=True)
class Outcome:
    """What a storm left."""

    seed: int
    took_s: float
    faults: Counter[str]
    books: Books
    callers: Callers
    wrong: list[str]

    def report(self) -> Iterator[str]:
        """Lines for people."""
        entries, callers = tuple(self.books.journal.values()), self.callers
        doubted = [self.books.ledger[number_of(entry.id)] for entry in entries if entry.state == "in_doubt"]
        lost = sum(entry.state == "done" and not self.books.ledger[number_of(entry.id)] for entry in entries)
        doubled = sum(times > 1 for times in self.books.ledger.values())
        yield f"seed {self.seed}: {callers.total} commands, {self.faults.total()} faults, {self.took_s:.0f} s"
        yield f"  faults   {_counts(self.faults)}"
        yield f"  answers  {_counts(callers.answers)}; the slowest command took {callers.slowest_s:.1f} s"
        yield f"  journal  {_counts(Counter(str(entry.state) for entry in entries))}"
        yield f"  ledger   {self.books.ledger.total()} entries; {sum(entry.attempts for entry in entries)} were sent"
        yield f"  lost {lost}, doubled {doubled}"
        yield f"  in doubt {len(doubted)}, of which {sum(doubted)} were done, each across a restart of the server"
        yield "  audit    " + ("everything fits" if not self.wrong else f"{len(self.wrong)} complaints")
        yield from (f"    {complaint}" for complaint in self.wrong[:MOST_COMPLAINTS])


def run(folder: Path, *, seed: int, commands: int, faults: int) -> Outcome:
    """Have the storm, wait for its end, and read the books."""
    storm, began = Storm(seed), time.monotonic()
    with Stage(folder) as stage:
        callers = Callers(stage.daemon.endpoint, commands)
        callers.start()
        for struck in range(faults):
            due = commands * (struck + 1) // (faults + 1)
            callers.allow(due + commands // faults + CALLERS)
            callers.wait_for(max(0, due - CALLERS), STUCK_S)
            storm.strike(stage)
        callers.allow(commands)
        if not callers.wait_for(commands, STUCK_S + commands / 50):
            raise AssertionError(f"only {len(callers.heard)} of {commands} commands came to an end: {callers.answers}")
        callers.join()
        stage.daemon.stop()
        books = read_books(stage.world.ledger, stage.daemon.journal, callers.heard, frozenset(stage.world.boots[:-1]))
    wrong = list(complaints(books, commands))
    return Outcome(seed, time.monotonic() - began, storm.counts, books, callers, wrong)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())
