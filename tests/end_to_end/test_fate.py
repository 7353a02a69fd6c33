"""Callers, daemons and what they do for each other: what ends with whom."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Daemon, connect
from timmy_actors.client import endpoint_path
from timmy_actors.errors import DaemonUnreachableError, JournalUnusableError
from timmy_actors.journal import Reader

LONG_S = 50.0
"""The timeout of a call that must not be what ends it."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_caller_learns_of_its_daemons_end_at_once(runtime_folder: Path, number: signal.Signals) -> None:
    """A call that waits for a player's answer: its own timeout would be most of a minute."""
    errors: list[BaseException] = []

    def ask(daemon: Daemon) -> None:
        try:
            daemon.command("ask", text="Well?", buttons=["Yes", "No"], timeout_s=LONG_S, command_id="waits")
        except Exception as error:  # noqa: BLE001  it is looked at below
            errors.append(error)

    with DaemonProcess(runtime_folder) as daemon_process, daemon_process.connect() as daemon:
        world = daemon_process.world_pid(daemon.status())
        asking = threading.Thread(target=ask, args=(connect(daemon_process.endpoint),))
        asking.start()
        eventually(lambda: _is_under_way(daemon_process))
        os.kill(daemon_process.process.pid, number)
        asking.join(PATIENCE_S)
        assert not asking.is_alive()
        daemon_process.process.wait(PATIENCE_S)
        eventually(lambda: not Path(f"/proc/{world}").exists() or _is_zombie(world))
    assert len(errors) == 1
    assert "waits" in str(errors[0]) or "command_id" in str(errors[0])
    if number is signal.SIGKILL:
        assert isinstance(errors[0], DaemonUnreachableError)
        assert "ended before it answered" in str(errors[0])


def _is_under_way(process: DaemonProcess) -> bool:
    """Whether the command was sent. Read from the file: the simulated player answers two seconds later."""
    try:
        with Reader(Path(f"{endpoint_path(process.endpoint)}.journal")) as reader:
            return [entry.state for entry in reader.named("waits")] == ["sent"]
    except JournalUnusableError:
        return False  # not there yet


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_daemon_that_was_stopped_says_so_and_does_not_blame_the_server(runtime_folder: Path) -> None:
    with DaemonProcess(runtime_folder) as process, process.connect() as daemon:
        epoch = daemon.status().link.epoch
        os.kill(process.process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(DaemonUnreachableError), connect(process.endpoint, timeout_s=STOPPED_S) as impatient:
                impatient.status()
        finally:
            os.kill(process.process.pid, signal.SIGCONT)
        eventually(lambda: daemon.status().link.epoch > epoch and daemon.status().link.carries)
        eventually(lambda: "link down" in process.said())
        assert "this daemon itself stood still for" in process.said()
        assert "silent" not in process.said()


STOPPED_S = 6.0
"""Longer than the heartbeats of both sides wait."""
