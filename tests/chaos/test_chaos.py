from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.audit import Books, complaints
from tests.chaos.callers import command_id
from tests.chaos.run import run
from tests.chaos.stage import Stage, faketime, faketime_files
from tests.journal.entries import NOON, done, entry

SEED = 5
COMMANDS, FAULTS = 60, 15
"""Every kind of fault once, and a few more."""


@pytest.mark.timeout(300)
def test_through_every_fault_each_command_is_done_once_and_the_books_agree(runtime_folder: Path) -> None:
    if faketime() is None:
        pytest.skip("libfaketime is not installed (Debian: apt install faketime)")
    outcome = run(runtime_folder, seed=SEED, commands=COMMANDS, faults=FAULTS)
    assert outcome.wrong == [], "\n".join(outcome.report())
    assert outcome.books.ledger.total() > COMMANDS / 2
    assert len(outcome.faults) == 13


def test_a_killed_daemon_leaves_nothing_in_shared_memory(runtime_folder: Path) -> None:
    if faketime() is None:
        pytest.skip("libfaketime is not installed (Debian: apt install faketime)")
    with Stage(runtime_folder) as stage:
        left = faketime_files(stage.daemon.process.pid)
        assert all(file.exists() for file in left)
        stage.daemon.kill()
        left += faketime_files(stage.daemon.process.pid)
    assert [file for file in left if file.exists()] == []


def books(heard: str, ledger: int, **fields: Any) -> Books:
    """What is said of command 1."""
    first = done(command_id(1)) if heard == "done" else entry(command_id(1), settled_at=NOON, state=heard)
    journal: Mapping[str, Any] = {first.id: first.model_copy(update=fields)}
    return Books(Counter({1: ledger}), journal, {1: heard}, frozenset({"boot-0"}))


@pytest.mark.parametrize(
    ("contents", "fits"),
    [
        (books("done", 1), True),
        (books("done", 0), False),
        (books("done", 2), False),
        (books("done", 1, state="sent"), False),
        (books("done", 1, settled_at=None), False),
        (books("in_doubt", 1), False),
        (books("in_doubt", 0, boot="boot-0"), True),
        (books("in_doubt", 1, boot="boot-0"), True),
        (books("in_doubt", 2, boot="boot-0"), False),
        (books("expired", 0), False),
    ],
)
def test_the_audit_finds_what_does_not_fit(contents: Books, fits: bool) -> None:
    assert (not list(complaints(contents, 1))) is fits


def test_the_audit_misses_nothing_that_is_in_one_book_only() -> None:
    assert "not in the journal" in next(complaints(Books(Counter({1: 1}), {}, {1: "done"}, frozenset()), 1))
    stray = Books(Counter({1: 1, 7: 1}), books("done", 1).journal, {1: "done"}, frozenset())
    assert list(complaints(stray, 1)) == ["7: in the ledger, and never given"]
