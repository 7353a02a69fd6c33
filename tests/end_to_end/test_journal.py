from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.audit import read_books
from tests.chaos.callers import GOLD
from tests.chaos.stage import Stage
from tests.waiting import eventually
from timmy_actors import Daemon, RefusedError, connect
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.journal import Journal, Reader
from timmy_actors.protocol import JournalEntry
from timmy_actors.system import config_folder

COME_UP_WITHIN_S = 60.0
SENT_WITHIN_S = 1.5
"""A daemon has sent a command by then, on a busy machine too; and it has not yet given the frozen world up."""


@pytest.fixture
def stage(runtime_folder: Path) -> Iterator[Stage]:
    with Stage(runtime_folder) as started:
        yield started


def ready(stage: Stage) -> Daemon:
    """A client of the daemon, once its link is up."""

    def look() -> Daemon | None:
        try:
            daemon = connect(stage.daemon.endpoint)
            if daemon.status().link.carries:
                return daemon
            daemon.close()
        except DaemonUnreachableError:
            pass
        return None

    daemon = eventually(look, COME_UP_WITHIN_S)
    assert daemon is not None
    return daemon


def kept(stage: Stage, key: str) -> JournalEntry:
    with Reader(stage.daemon.journal) as reader:
        (entry,) = reader.named(key)
    return entry


def gives(daemon: Daemon) -> bool:
    """Give one more; False where that is refused and not done: a freeze may have ended the link."""
    try:
        result = daemon.command("give_item", item=GOLD)
    except RefusedError as refused:
        if refused.code != "unavailable":
            raise
        return False
    return result.ok


def gifts_received(stage: Stage) -> int:
    """How many gifts reached the player."""
    return read_books(stage.world.ledger, stage.daemon.journal, {}, frozenset()).ledger.total()


def test_what_was_accepted_survives_a_daemon_that_is_killed_at_that_moment(stage: Stage) -> None:
    with ready(stage) as daemon:
        os.kill(stage.world.process.pid, signal.SIGSTOP)  # so that nothing but the acceptance can have happened
        key = daemon.submit("give_item", item=GOLD, timeout_s=60.0)
        stage.daemon.process.kill()
    assert kept(stage, key).state in ("accepted", "sent")
    os.kill(stage.world.process.pid, signal.SIGCONT)
    stage.daemon.kill()
    eventually(lambda: kept(stage, key).state == "done", COME_UP_WITHIN_S)
    with ready(stage) as daemon:
        assert daemon.command("give_item", item=GOLD, command_id=key).ok
    assert gifts_received(stage) == 1


def test_a_request_in_the_buffer_of_a_frozen_daemon_is_not_done_after_its_deadline(stage: Stage) -> None:
    with ready(stage) as daemon:
        os.kill(stage.daemon.process.pid, signal.SIGSTOP)
        with pytest.raises(DaemonUnreachableError, match="give the command again with the command_id 'late'"):
            daemon.command("give_item", item=GOLD, timeout_s=0.2, command_id="late")
        os.kill(stage.daemon.process.pid, signal.SIGCONT)
        eventually(lambda: gives(daemon), COME_UP_WITHIN_S)
    assert gifts_received(stage) == 1


def test_a_request_in_the_buffer_of_a_frozen_world_is_not_done_after_its_deadline(stage: Stage) -> None:
    with ready(stage) as daemon:
        os.kill(stage.world.process.pid, signal.SIGSTOP)
        with pytest.raises(RefusedError) as refused:
            daemon.command("give_item", item=GOLD, timeout_s=SENT_WITHIN_S, command_id="late")
        assert refused.value.code == "in_doubt"
        os.kill(stage.world.process.pid, signal.SIGCONT)
        eventually(lambda: kept(stage, "late").state == "expired", COME_UP_WITHIN_S)
    assert gifts_received(stage) == 0


def test_a_result_looked_up_by_a_restarted_daemon_has_the_revision_that_it_had(stage: Stage) -> None:
    with ready(stage) as daemon:
        first = daemon.command("give_item", item=GOLD, command_id="once")
    stage.daemon.kill()
    with ready(stage) as daemon:
        again = daemon.command("give_item", item=GOLD, command_id="once")
        assert again == first.model_copy(update={"game_ms": None})
        assert again.revision is not None
        assert not daemon.snapshot(after=again.revision).stale
    assert gifts_received(stage) == 1


def _damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + os.urandom(8192))


def _held(path: Path) -> sqlite3.Connection:
    Journal(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    return holder


def _somebody_elses(path: Path) -> None:
    path.mkdir()


def _as_it_is(_path: Path) -> None:
    return


@pytest.mark.parametrize(
    ("spoil", "limit", "exit_code", "reason"),
    [
        (_damaged, None, 65, "move it"),
        (_somebody_elses, None, 73, "see that it is yours"),
        (_as_it_is, 4096, 74, "journal.file"),
        (_held, None, 75, "another program holds it locked"),
    ],
    ids=["damaged", "not a file", "full disk", "locked"],
)
def test_a_daemon_that_cannot_keep_its_journal_ends_with_one_line_and_its_exit_code(
    runtime_folder: Path,
    spoil: Callable[[Path], sqlite3.Connection | None],
    limit: int | None,
    exit_code: int,
    reason: str,
) -> None:
    path, config = runtime_folder / "timmy.journal", runtime_folder / "timmy.toml"
    config.write_text(f'portals_file = "{config_folder() / "portals.json"}"\n[journal]\nfile = "{path}"\n')
    holder = spoil(path)
    limited = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({0}, {0}));".format(limit or "r.RLIM_INFINITY")
    program = f"{limited} from timmy_actors.cli import main; main()"
    command = [sys.executable, "-c", program, "run", "--log-format", "text", "--config", str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=COME_UP_WITHIN_S, check=False)
    assert ended.returncode == exit_code, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith(f"timmy-actors: journal {path}: ")
    assert reason in ended.stderr
    if holder is not None:
        holder.close()
