"""Tests that a journal's files are accessible to their owner only, whatever their mode was before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.second_user import UID, need_second_user
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.files import EX_CANTCREAT, beside
from timmy_actors.journal.store import Journal

KILLED = (
    "import os, signal, sys, pathlib\n"
    "from tests.journal.entries import entry\n"
    "from timmy_actors.journal.store import Journal\n"
    "journal = Journal(pathlib.Path(sys.argv[1]))\n"
    "journal.accept(entry('a'))\n"
    "journal.commit()\n"
    "os.kill(os.getpid(), signal.SIGKILL)\n"
)
FILES = ["journal", "wal", "shm"]


@pytest.fixture
def journal_files(tmp_path: Path) -> tuple[Path, ...]:
    """The journal of a killed daemon, its write-ahead log and its shared memory."""
    path = tmp_path / "timmy.journal"
    command = [sys.executable, "-c", KILLED, str(path)]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], check=False, timeout=60).returncode == -9
    return path, *beside(path)


def modes(files: tuple[Path, ...]) -> list[int]:
    return [file.stat().st_mode & 0o777 for file in files]


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o666, 0o601])
def test_files_that_others_could_open_become_private(journal_files: tuple[Path, ...], mode: int) -> None:
    for file in journal_files:
        file.chmod(mode)
    journal = Journal(journal_files[0])
    assert modes(journal_files) == [0o600] * 3
    assert [entry.id for entry in journal.unsettled("timmy")] == ["a"]
    journal.close()


def test_an_empty_umask_does_not_make_the_files_accessible_to_others(tmp_path: Path) -> None:
    path = tmp_path / "timmy.journal"
    before = os.umask(0)
    try:
        journal = Journal(path)
        assert modes((path, *beside(path))) == [0o600] * 3
        journal.close()
    finally:
        os.umask(before)


@pytest.mark.parametrize("which", range(3), ids=FILES)
def test_a_file_of_another_user_is_refused_and_not_changed(journal_files: tuple[Path, ...], which: int) -> None:
    need_second_user()
    before = journal_files[which].read_bytes()
    journal_files[which].chmod(0o666)
    os.chown(journal_files[which], UID, UID)
    with pytest.raises(JournalUnusableError, match="see that it is yours") as refused:
        Journal(journal_files[0])
    assert refused.value.exit_code == EX_CANTCREAT
    assert (journal_files[which].read_bytes(), journal_files[which].stat().st_mode & 0o777) == (before, 0o666)


def test_making_the_files_private_releases_no_lock_of_an_open_journal(tmp_path: Path) -> None:
    """POSIX drops all locks of a process on a file when it closes any descriptor of it (fcntl(2))."""
    path = tmp_path / "timmy.journal"
    journal = Journal(path)
    journal._database.execute("BEGIN IMMEDIATE")
    for file in (path, *beside(path)):
        file.chmod(0o644)
    with pytest.raises(JournalUnusableError, match="locked"):
        Journal(path)
    program = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    writer = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert "database is locked" in writer.stderr
    journal.close()
