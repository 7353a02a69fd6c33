"""Daemons in this process with a journal, and the states that its file may be in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.journal.entries import entry
from tests.runtimes import link_up, running
from timmy_actors import Runtime
from timmy_actors.daemon import JournalSettings
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.store import Journal
from timmy_actors.protocol import JournalEntry

CLIENT = "timmy-daemon"


@contextmanager
def journaling(path: Path, address: str, **settings: Any) -> Iterator[Runtime]:
    """A runtime with its journal at `path`, once its link is up."""
    with running(address, journal=JournalSettings(file=str(path), **settings)) as runtime:
        link_up(runtime)
        yield runtime


def stored(path: Path, command_id: str) -> JournalEntry:
    with Reader(path) as reader:
        (stored_entry,) = reader.named(command_id)
    return stored_entry


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the journal's write lock like another program."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.close()


def unsettled(key: str, **changes: Any) -> JournalEntry:
    fields = {"client": CLIENT, "state": "sent", "attempts": 1, **changes}
    return entry(key, **fields).model_copy(update={"arguments": {"player": "Timmy", "item": "gold_001", "count": 1}})


def write(path: Path, *entries: JournalEntry) -> None:
    journal = Journal(path)
    for each in entries:
        journal.accept(each)
    journal.commit()
    journal.close()


def unwritable() -> Any:
    from timmy_actors.journal.messages import Record

    return Record(JournalEntry.model_construct(id="broken"))


def damage_a_row(path: Path) -> None:
    written = Journal(path)
    written.accept(entry(client=CLIENT))
    written.commit()
    written.close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("UPDATE command SET accepted_at = 1e300")
    database.close()
