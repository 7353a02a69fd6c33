from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journal.entries import done, entry, failed
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.rows import Moment
from timmy_actors.journal.store import Journal, Synchronous
from timmy_actors.journal.upkeep import verify_journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "timmy.journal"


def test_committed_entries_are_read_after_reopening(path: Path) -> None:
    journal = Journal(path)
    assert journal.accept(entry("a")) is None
    journal.record(done("a"))
    journal.accept(entry("b"))
    journal.commit()
    journal.close()
    again = Journal(path)
    assert again.find("timmy", "a") == done("a")
    assert again.unsettled("timmy") == [entry("b")]
    assert again.unsettled("another") == []
    assert again.count() == 2
    again.close()


def test_uncommitted_entries_are_lost(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.close()
    again = Journal(path)
    assert again.find("timmy", "a") is None
    again.close()


@pytest.mark.parametrize(("setting", "value"), [("normal", 1), ("full", 2)])
def test_the_durability_can_be_configured(path: Path, setting: Synchronous, value: int) -> None:
    journal = Journal(path, setting)
    assert journal._database.execute("PRAGMA synchronous").fetchone() == (value,)
    assert journal._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


def test_the_file_is_accessible_to_its_owner_only(path: Path) -> None:
    Journal(path).close()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_committed_entries_survive_a_killed_process(path: Path) -> None:
    program = (
        "import os, signal, sys, pathlib\n"
        "from tests.journal.entries import entry\n"
        "from timmy_actors.journal.store import Journal\n"
        "journal = Journal(pathlib.Path(sys.argv[1]))\n"
        "for key in 'abc':\n"
        "    journal.accept(entry(key)); journal.commit()\n"
        "journal.accept(entry('d'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", program, str(path)], cwd=root, check=False, timeout=60)
    assert killed.returncode == -9
    journal = Journal(path)
    assert [entry.id for entry in journal.unsettled("timmy")] == ["a", "b", "c"]
    journal.close()


def test_accepting_a_known_id_returns_its_entry_and_changes_nothing(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.record(done("a"))
    assert journal.accept(entry("a", name="message")) == done("a")
    assert journal.find("timmy", "a") == done("a")
    assert journal.accept(entry("a", client="another")) is None
    journal.close()


@pytest.mark.parametrize(
    ("code", "again"),
    [("expired", True), ("overloaded", True), ("unavailable", True), ("in_doubt", False), ("no_such_player", False)],
)
def test_only_commands_that_certainly_had_no_effect_can_be_retried_under_their_id(
    path: Path, code: str, again: bool
) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.record(failed("a", code))
    assert (journal.accept(entry("a")) is None) is again
    assert (journal.unsettled("timmy") == [entry("a")]) is again
    journal.close()


def test_record_changes_neither_settled_nor_unknown_commands(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.record(done("a"))
    journal.record(failed("a", "unavailable"))
    journal.record(done("never accepted"))
    assert journal.find("timmy", "a") == done("a")
    assert journal.find("timmy", "never accepted") is None
    journal.close()


def _at(monkeypatch: pytest.MonkeyPatch, seconds: float, boot: str = "boot-1", wall_s: float | None = None) -> None:
    """Set the host's clocks."""
    wall_s = 1e9 + seconds if wall_s is None else wall_s
    monkeypatch.setattr("timmy_actors.journal.rows.now", lambda: Moment(boot, float(seconds), float(wall_s)))


def _settle(journal: Journal, key: str) -> None:
    journal.accept(entry(key))
    journal.record(done(key))


def test_old_and_oldest_commands_are_deleted_but_never_unsettled_ones(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, 0)
    journal = Journal(path)
    for second in range(10):
        _at(monkeypatch, second)
        journal.accept(entry(str(second)))
        if second != 2:
            journal.record(done(str(second)))
    _at(monkeypatch, 14)
    assert journal.delete_older(9.5, most=3) == 3
    assert journal.delete_older(9.5, most=3) == 1
    assert journal.delete_older(9.5, most=3) == 0
    assert journal.delete_oldest(most=2) == 2
    journal.commit()
    assert [key for key in "0123456789" if journal.find("timmy", key)] == ["2", "7", "8", "9"]
    assert journal.delete_oldest(most=99) == 3
    assert journal.count() == 1
    journal.close()


@pytest.mark.parametrize("jump_s", [40 * 86_400, -40 * 86_400])
def test_a_jump_of_the_wall_clock_does_not_age_commands(
    path: Path, monkeypatch: pytest.MonkeyPatch, jump_s: float
) -> None:
    _at(monkeypatch, 100, wall_s=1e9)
    journal = Journal(path)
    _settle(journal, "a")
    journal.commit()
    _at(monkeypatch, 110, wall_s=1e9 + jump_s)
    assert journal.delete_older(20, most=9) == 0
    journal.close()
    _at(monkeypatch, 115, wall_s=1e9)
    journal = Journal(path)
    assert journal.delete_older(20, most=9) == 0
    _at(monkeypatch, 121, wall_s=1e9 - jump_s)
    assert journal.delete_older(20, most=9) == 1
    journal.close()


@pytest.mark.parametrize(
    ("uptime_s", "wall_passed_s", "counted_s"),
    [(30, 500, 30), (5_000, 500, 500), (30, 40 * 86_400, 30), (30, -40 * 86_400, 0)],
    ids=["was off", "another machine's boot", "jumped forward", "jumped back"],
)
def test_after_a_reboot_the_smaller_difference_of_the_two_clocks_counts(
    path: Path, monkeypatch: pytest.MonkeyPatch, uptime_s: float, wall_passed_s: float, counted_s: float
) -> None:
    _at(monkeypatch, 100, wall_s=1e9)
    journal = Journal(path)
    _settle(journal, "a")
    journal.commit()
    journal.close()
    _at(monkeypatch, uptime_s, boot="boot-2", wall_s=1e9 + wall_passed_s)
    journal = Journal(path)
    assert journal.delete_older(counted_s + 1, most=9) == 0
    assert journal.delete_older(counted_s - 1, most=9) == 1
    journal.close()


def test_a_journal_of_version_1_is_upgraded_without_loss(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path)
    _settle(journal, "a")
    journal.accept(entry("b"))
    journal.commit()
    for change in ("DROP TABLE clock", "ALTER TABLE command DROP COLUMN settled_age",
                   "ALTER TABLE command DROP COLUMN revision", "ALTER TABLE command DROP COLUMN checksum",
                   "PRAGMA user_version = 1"):  # fmt: skip
        journal._database.execute(change)
    journal.close()
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["a", "b"]
    assert "an earlier version" in "".join(verify_journal(path))
    journal = Journal(path)
    assert (journal.find("timmy", "a"), journal.unsettled("timmy")) == (done("a"), [entry("b")])
    assert journal.delete_older(keep_s=60, most=9) == 0
    journal.commit()
    journal.close()
    assert list(verify_journal(path)) == []


def test_a_revision_is_stored_and_covered_by_the_checksum(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.record(done("a", revision=7))
    journal.commit()
    assert journal.find("timmy", "a") == done("a", revision=7)
    journal._database.execute("UPDATE command SET revision = 8")
    journal.close()
    assert "(id 'a'): is not as it was written" in "".join(verify_journal(path))


def test_a_journal_of_version_2_is_upgraded_and_its_damage_is_still_detected(path: Path) -> None:
    journal = Journal(path)
    for key in ("whole", "damaged"):
        _settle(journal, key)
    journal.commit()
    for change in ("ALTER TABLE command DROP COLUMN revision", "UPDATE command SET value = '{}' WHERE id = 'damaged'",
                   "PRAGMA user_version = 2"):  # fmt: skip
        journal._database.execute(change)
    journal.close()
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["whole", "damaged"]
    damage = ["command 2 (id 'damaged'): is not as it was written"]
    assert list(verify_journal(path)) == damage
    journal = Journal(path)
    assert journal.find("timmy", "whole") == done("whole")
    assert journal._database.execute("PRAGMA user_version").fetchone() == (3,)
    journal.close()
    assert list(verify_journal(path)) == damage


def test_the_space_of_deleted_commands_is_returned_to_the_file_system(path: Path) -> None:
    journal = Journal(path)
    for number in range(3_000):
        key = f"{number}"
        journal.accept(entry(key, arguments={"text": "x" * 500}))
        journal.record(done(key, arguments={"text": "x" * 500}))
    journal.commit()
    journal.close()
    full = path.stat().st_size
    journal = Journal(path)
    used = journal.bytes_used()
    journal.delete_oldest(3_000)
    journal.commit()
    assert journal.bytes_used() < used / 10
    for _ in range(20):
        journal.release_pages()
    journal.close()
    assert path.stat().st_size < full / 4


def _locked(path: Path) -> sqlite3.Connection:
    Journal(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def _damaged(path: Path) -> None:
    journal = Journal(path)
    for number in range(500):
        journal.accept(entry(str(number)))
    journal.commit()
    journal.close()
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))


def _another_programs(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()


def _of_tomorrow(path: Path) -> None:
    Journal(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()


def _text(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("this is not a database\n" * 100)


def _a_folder(path: Path) -> None:
    path.mkdir(parents=True)


def _in_a_file(path: Path) -> None:
    path.parent.write_text("")


@pytest.mark.parametrize(
    ("spoil", "exit_code", "reason"),
    [
        (_locked, 75, "another program holds it locked"),
        (_damaged, 65, "it is damaged"),
        (_another_programs, 65, "another program's database"),
        (_of_tomorrow, 65, "it has version 99"),
        (_text, 65, "it is not a journal"),
        (_a_folder, 73, "Is a directory"),
        (_in_a_file, 73, "cannot be opened"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_unusable_file_is_reported_with_the_reason_and_the_remedy(
    path: Path, spoil: Callable[[Path], sqlite3.Connection | None], exit_code: int, reason: str
) -> None:
    holder = spoil(path)
    with pytest.raises(JournalUnusableError, match=reason) as unusable:
        Journal(path)
    assert unusable.value.exit_code == exit_code
    assert str(path) in str(unusable.value)
    assert "journal.file" in str(unusable.value) or "move it" in str(unusable.value)
    if holder is not None:
        holder.close()


def _fill(journal: Journal) -> None:
    for number in range(1_000):
        journal.accept(entry(str(number)))


def test_a_full_disk_is_reported_and_durable_entries_remain(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.commit()
    journal._database.execute("PRAGMA max_page_count = 8")  # SQLite reports a full disk when it cannot add a page
    with pytest.raises(JournalUnusableError, match=r"the disk is full .*make room there") as full:
        _fill(journal)
    assert full.value.exit_code == 74
    journal.close()
    again = Journal(path)
    assert [entry.id for entry in again.unsettled("timmy")] == ["a"]
    again.close()


def test_a_journal_can_be_read_with_and_without_a_writer(path: Path) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.commit()
    journal.accept(entry("b"))
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.newest(10)] == ["a"]
        journal.record(done("a"))
        journal.commit()
        assert [entry.id for _, entry in reader.newest(1)] == ["b"]
        assert [entry.id for _, entry in reader.newest(2)] == ["a", "b"]
        assert reader.named("a") == [done("a")]
        assert [number for number, _ in reader.after(1)] == [2]
    journal.close()
    with Reader(path) as reader:
        assert [entry.id for _, entry in reader.after(0)] == ["a", "b"]


def test_a_reader_reports_why_a_file_is_unusable(path: Path) -> None:
    with pytest.raises(JournalUnusableError, match="there is none") as missing:
        Reader(path)
    assert missing.value.exit_code == 66
    _another_programs(path)
    with pytest.raises(JournalUnusableError, match="it is not a journal"):
        Reader(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [("accepted_at", 1e300), ("accepted_at", "noon"), ("arguments", 7), ("arguments", "[" * 100_000), ("error", "{")],
)
def test_an_invalid_row_is_reported_as_damage(path: Path, column: str, value: object) -> None:
    journal = Journal(path)
    journal.accept(entry("a"))
    journal.commit()
    journal._database.execute(f"UPDATE command SET {column} = ?", (value,))
    with pytest.raises(JournalUnusableError, match="it is damaged") as unusable:
        journal.unsettled("timmy")
    assert unusable.value.exit_code == 65
    journal.close()


def test_an_id_that_is_not_utf8_matches_no_command(path: Path) -> None:
    Journal(path).close()
    with Reader(path) as reader:
        assert reader.named("\udcff") == []
