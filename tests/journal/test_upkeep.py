from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.disks import small_disk
from tests.journal.entries import done, entry
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.files import beside
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.store import MAX_WAL_BYTES, Journal
from timmy_actors.journal.upkeep import backup_journal, find_fault, verify_journal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "timmy.journal"


def _fill(path: Path, first: int = 0, count: int = 20) -> None:
    journal = Journal(path)
    _add(journal, first, count)
    journal.close()


def _add(journal: Journal, first: int, count: int) -> None:
    for number in range(first, first + count):
        journal.accept(entry(str(number)))
        journal.commit()
        journal.record(done(str(number)))
        journal.commit()


def _killed(path: Path, count: int = 20) -> None:
    """Create the journal of a killed daemon, with all commands still in the log."""
    program = (
        "import os, signal, sys, pathlib\n"
        "from tests.journal.test_upkeep import Journal, _add\n"
        "_add(Journal(pathlib.Path(sys.argv[1])), 0, int(sys.argv[2]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, str(path), str(count)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == -9


def _ids(path: Path) -> list[str]:
    with Reader(path) as reader:
        return [entry.id for _, entry in reader.after(0)]


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def test_a_paused_reader_does_not_prevent_a_checkpoint(path: Path) -> None:
    _fill(path, count=600)
    with Reader(path) as reader:
        reading = reader.after(0)
        read = [next(reading)[1].id]
        journal = Journal(path)
        for start in range(600, 1_000, 10):
            _add(journal, start, 10)
            journal.limit_log(200_000)
            assert journal.wal_bytes() < 400_000
        journal.close()
        read += [entry.id for _, entry in reading]
    assert read == _numbers(1_000)


def test_a_log_held_by_a_reader_is_emptied_once_the_reader_has_closed(path: Path) -> None:
    _fill(path, count=1)
    journal = Journal(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as stuck:
        stuck.execute("BEGIN")
        stuck.execute("SELECT * FROM command").fetchone()
        _add(journal, 1, 100)
        assert not journal.checkpoint()
        assert journal.wal_bytes() > 500_000
    assert journal.checkpoint()
    assert journal.wal_bytes() == 0
    journal.close()


def test_a_healthy_journal_passes(path: Path) -> None:
    journal = Journal(path)
    _add(journal, 0, 20)
    assert list(verify_journal(path)) == []
    journal.close()
    assert list(verify_journal(path)) == []


def test_the_journal_of_a_killed_daemon_is_intact_and_complete(path: Path) -> None:
    _killed(path)
    assert list(verify_journal(path)) == []
    assert _ids(path) == _numbers(20)


@pytest.mark.parametrize(
    ("column", "value"),
    [("value", '{"total": 6}'), ("state", "failed"), ("settled_at", None), ("id", "another"), ("arguments", b"\xff"),
     ("settled_age", 1e9), ("checksum", None)],
)  # fmt: skip
def test_a_changed_row_is_detected_and_named(path: Path, column: str, value: object) -> None:
    _fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"UPDATE command SET {column} = ? WHERE id = '7'", (value,))
    (complaint,) = verify_journal(path)
    assert complaint.startswith("command 8 (id '")
    journal = Journal(path)
    if column not in ("id", "arguments"):
        with pytest.raises(JournalUnusableError, match="the checksum of '7' is wrong"):
            journal.find("timmy", "7")
    assert journal.find("timmy", "6") == done("6")
    journal.close()


def test_a_changed_clock_is_detected_and_deletes_nothing(path: Path) -> None:
    _fill(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE clock SET age = 1e12")
    assert "its clock" in "".join(verify_journal(path))
    with pytest.raises(JournalUnusableError, match="the checksum of its clock is wrong"):
        Journal(path)


def _in_the_middle(log: bytes) -> int:
    return len(log) // 2


def _at_the_end(log: bytes) -> int:
    return len(log) - 100


def _in_its_header(_: bytes) -> int:
    return 17


@pytest.mark.parametrize("where", [_in_the_middle, _at_the_end, _in_its_header])
def test_a_damaged_log_whose_rows_sqlite_drops_silently_is_detected(path: Path, where: Callable[[bytes], int]) -> None:
    _killed(path)
    log = beside(path)[0]
    damaged = bytearray(log.read_bytes())
    damaged[where(bytes(damaged))] ^= 0x10
    log.write_bytes(damaged)
    assert find_fault(path) is not None
    (complaint,) = verify_journal(path)
    assert "its write-ahead log is damaged" in complaint
    assert log.read_bytes() == bytes(damaged), "the check changed the log"
    with Reader(path) as reader:
        assert reader.named("19") != [done("19")], "SQLite reports the damage: this check is no longer needed"


def test_a_log_that_ends_in_an_unfinished_transaction_is_not_damaged(path: Path) -> None:
    _killed(path)
    log = beside(path)[0]
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 1_000)
    assert find_fault(path) is None


def test_a_backup_contains_the_commands_in_the_log_but_a_copied_file_does_not(path: Path, tmp_path: Path) -> None:
    journal = Journal(path)
    _add(journal, 0, 20)
    copy, alone = tmp_path / "copy", tmp_path / "alone"
    assert backup_journal(path, copy) == 20
    alone.write_bytes(path.read_bytes())
    _add(journal, 20, 5)
    journal.close()
    assert len(_ids(alone)) < 20
    assert not any(file.exists() for file in beside(copy))
    assert (_ids(copy), list(verify_journal(copy))) == (_numbers(20), [])
    assert copy.stat().st_mode & 0o777 == 0o600
    restored = Journal(copy)
    assert restored.find("timmy", "19") == done("19")
    restored.close()


def test_a_backup_overwrites_no_file(path: Path, tmp_path: Path) -> None:
    _fill(path)
    existing = tmp_path / "existing"
    existing.write_text("mine")
    with pytest.raises(JournalUnusableError, match="is there already"):
        backup_journal(path, existing)
    assert existing.read_text() == "mine"
    with pytest.raises(JournalUnusableError, match="cannot be created"):
        backup_journal(path, tmp_path / "no" / "folder")


def test_a_backup_on_a_full_disk_leaves_no_file(path: Path, tmp_path: Path) -> None:
    _fill(path, count=600)
    with small_disk(tmp_path, 100) as disk:
        with pytest.raises(JournalUnusableError, match="the disk is full"):
            backup_journal(path, disk / "copy")
        assert list(disk.iterdir()) == []


@contextmanager
def _written_by_another_process(path: Path) -> Iterator[None]:
    """Run a process that has written 20 commands and keeps the journal open."""
    program = (
        "import sys, pathlib\n"
        "from tests.journal.test_upkeep import Journal, _add\n"
        "journal = Journal(pathlib.Path(sys.argv[1]))\n"
        "_add(journal, 0, 20)\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield


@pytest.fixture(params=["closed", "killed", "written"])
def read_only(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A journal of 20 commands on a read-only mount, in each possible state."""
    with small_disk(tmp_path, 4_000) as disk, ExitStack() as held:
        path = disk / "timmy.journal"
        if request.param == "closed":
            _fill(path)
        elif request.param == "killed":
            _killed(path)
            beside(path)[1].unlink()
        else:
            held.enter_context(_written_by_another_process(path))
        yield from _mounted_read_only(disk, tmp_path / "mounted")


def _mounted_read_only(disk: Path, where: Path) -> Iterator[Path]:
    where.mkdir()
    subprocess.run(["mount", "--bind", disk, where], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", where], check=True)
        yield where / "timmy.journal"
    finally:
        subprocess.run(["umount", where], check=True)


def test_a_journal_on_a_read_only_mount_is_read_completely(read_only: Path) -> None:
    before = {file.name: file.read_bytes() for file in read_only.parent.iterdir() if not file.name.endswith("-shm")}
    assert not os.access(read_only, os.W_OK)
    assert _ids(read_only) == _numbers(20)
    assert list(verify_journal(read_only)) == []
    after = {file.name: file.read_bytes() for file in read_only.parent.iterdir() if not file.name.endswith("-shm")}
    assert after == before


def test_a_nearly_full_small_disk_is_not_filled_by_the_log(tmp_path: Path) -> None:
    with small_disk(tmp_path, 500) as disk:
        journal = Journal(disk / "timmy.journal")
        for number in range(150):
            _add(journal, number, 1)
            journal.limit_log(MAX_WAL_BYTES)
        journal.close()
        assert _ids(disk / "timmy.journal") == _numbers(150)


def _write_on(descriptor: int) -> None:
    while os.write(descriptor, b"x" * 4_096):
        pass


def _fill_up(others: Path) -> None:
    descriptor = os.open(others, os.O_WRONLY | os.O_CREAT)
    with pytest.raises(OSError, match="No space left"):
        _write_on(descriptor)
    os.close(descriptor)


def test_a_full_disk_is_used_again_once_some_space_is_free(tmp_path: Path) -> None:
    with small_disk(tmp_path, 900) as disk:
        path, others = disk / "timmy.journal", disk / "others"
        journal = Journal(path)
        _add(journal, 0, 10)
        _fill_up(others)
        with pytest.raises(JournalUnusableError, match="the disk is full"):
            _add(journal, 10, 100)
        journal.close()
        os.truncate(others, max(0, others.stat().st_size - 100_000))
        journal = Journal(path)
        assert journal.wal_bytes() == 0
        for number in range(10, 100):
            _add(journal, number, 1)
            journal.limit_log(MAX_WAL_BYTES)
        journal.close()
        assert _ids(path)[-1] == "99"
