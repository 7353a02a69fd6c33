from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.journal.daemons import journaling, stored, unsettled, write
from tests.journal.entries import done
from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import eventually
from timmy_actors.daemon import JournalSettings
from timmy_actors.journal import actor as journal_actor
from timmy_actors.journal import rows
from timmy_actors.journal.actor import Sweep
from timmy_actors.journal.reader import Reader


def test_expired_commands_are_deleted_but_never_unsettled_ones(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 0.0, 0.0))
    write(path, done("old"), unsettled("open"))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 2.5 * 86_400, 0.0))
    write(path, done("new"))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 3.5 * 86_400, 0.0))
    with Peer(silent_to={"command", "hello"}) as peer:
        settings = JournalSettings(file=str(path), keep_days=2.0)
        with running(peer.address, journal=settings) as runtime:
            runtime.directory.tell("journal", Sweep())
            eventually(lambda: runtime.shared.journal.value.entries == 2)
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["open", "new"]


@pytest.mark.parametrize("days", [40, -40])
def test_a_jump_of_the_wall_clock_does_not_execute_a_command_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    with Peer() as peer, journaling(path, peer.address) as runtime:
        assert runtime.command("give_item", item="gold_001", command_id="one").ok
        true_time = time.time
        monkeypatch.setattr(time, "time", lambda: true_time() + days * 86_400)
        runtime.directory.tell("journal", Sweep())
        assert runtime.command("message", text="written after the sweep", command_id="two").ok
        assert runtime.command("give_item", item="gold_001", command_id="one").ok
        assert peer.count("command") == 2
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["one", "two"]


def test_expired_commands_are_deleted_in_batches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_actor, "DELETE_BATCH", 50)
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 0.0, 0.0))
    write(path, *(done(str(number)) for number in range(200)))
    monkeypatch.setattr(rows, "now", lambda: rows.Moment("boot-1", 400 * 86_400.0, 0.0))
    with Peer() as peer, journaling(path, peer.address) as runtime:
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.entries == 150)
        runtime.directory.tell("journal", Sweep(begins=False))
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.entries == 100)
        fresh(runtime)
        assert runtime.command("message", text="after a sweep").ok
        eventually(lambda: runtime.shared.journal.value.entries == 101)
        assert runtime.directory.entries["journal"].restarts == 0


def test_a_log_held_by_a_stuck_reader_is_counted_and_reported_and_affects_no_command(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_actor, "LARGE_WAL_BYTES", 200_000)
    monkeypatch.setattr(journal_actor, "PUBLISH_S", 0.01)
    write(path, done("first"))
    with Peer() as peer, journaling(path, peer.address, max_mb=1.0) as runtime:
        fresh(runtime)
        stuck = sqlite3.connect(path, isolation_level=None)
        stuck.execute("BEGIN")
        assert stuck.execute("SELECT COUNT(*) FROM command").fetchone() == (1,)
        for number in range(60):
            assert runtime.command("message", text="x" * 200, command_id=f"n{number}").ok
        eventually(lambda: "another program holds the journal" in "".join(runtime.status().reasons))
        status = runtime.status().journal
        assert status.file == str(path)
        assert status.wal_bytes > 200_000
        assert status.bytes > status.wal_bytes
        assert runtime.command("message", text="x" * 200, command_id="n0").ok
        assert peer.count("command") == 60
        stuck.close()
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.status().verdict == "ok" and runtime.shared.journal.value.wal_bytes < 200_000)


def test_the_oldest_commands_are_deleted_when_the_journal_exceeds_its_limit(path: Path) -> None:
    many = [done(str(number), arguments={"text": "x" * 1_000}) for number in range(2_000)]
    today = datetime.now(UTC)
    write(path, *(entry.model_copy(update={"settled_at": today}) for entry in many))
    with Peer() as peer, journaling(path, peer.address, max_mb=1.0) as runtime:
        assert runtime.shared.journal.value.bytes > 2_000_000
        runtime.directory.tell("journal", Sweep())
        eventually(lambda: runtime.shared.journal.value.bytes <= 900_000)
        assert runtime.shared.journal.value.entries < 1_000
        assert stored(path, "1999").state == "done"
