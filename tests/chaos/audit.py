"""The reckoning: the world's ledger, the daemon's journal and what the callers heard must tell one story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.callers import command_id
from timmy_actors.journal import Reader
from timmy_actors.protocol import JournalEntry


@dataclass(frozen=True)
class Books:
    """What each side says."""

    ledger: Counter[int]
    """How often each command reached the player's inventory; it is named by how much it gave."""
    journal: Mapping[str, JournalEntry]
    heard: Mapping[int, str]
    ended_boots: frozenset[str]
    """Server processes that are gone."""


def read_books(ledger: Path, journal: Path, heard: Mapping[int, str], ended_boots: frozenset[str]) -> Books:
    """Open them all."""
    lines = ledger.read_text().splitlines() if ledger.exists() else []
    with Reader(journal) as reader:
        entries = {entry.id: entry for _, entry in reader.after(0)}
    return Books(Counter(int(line.rsplit("\t", 1)[1]) for line in lines), entries, heard, ended_boots)


def complaints(books: Books, total: int) -> Iterator[str]:
    """Whatever does not fit, a line each."""
    for number in range(1, total + 1):
        entry, times = books.journal.get(command_id(number)), books.ledger[number]
        heard = books.heard.get(number)
        if entry is None:
            yield f"{number}: heard {heard}, not in the journal, {times} in the ledger"
            continue
        line = f"{number}: {entry.state} in the journal, heard {heard}, {times} in the ledger"
        if not entry.settled or entry.state != heard:
            yield line
        if entry.state == "done" and times != 1:
            yield f"{line}: {'lost' if times == 0 else 'doubled'}"
        if entry.state == "in_doubt" and (times > 1 or entry.boot not in books.ended_boots):
            yield f"{line}: in doubt without a restart of the server, or done twice"
        if entry.state not in ("done", "in_doubt"):
            yield f"{line}: it was given until it was done"
    for number in books.ledger.keys() - set(range(1, total + 1)):
        yield f"{number}: in the ledger, and never given"
