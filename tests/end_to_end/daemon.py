"""A daemon in a process of its own, as an operator runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.waiting import eventually
from timmy_actors import Daemon, Health, TimmyError, connect

STOP_WITHIN_S = 20.0
COME_UP_WITHIN_S = 60.0


class DaemonProcess:
    """Runs `timmy-actors run` (or another program for it) and connects to it."""

    def __init__(self, folder: Path, *arguments: str, program: Sequence[str] = ()) -> None:
        self.endpoint = f"ipc://{folder}/daemon.sock"
        command = [*(program or (sys.executable, "-m", "timmy_actors")), "run", "--endpoint", self.endpoint, *arguments]
        self.log = folder / "daemon.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
        self.worlds: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        for pid in self.worlds:
            if is_running(pid):
                os.kill(pid, signal.SIGCONT)
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def connect(self) -> Daemon:
        """A client, once the player can be seen."""
        daemon = eventually(self._try_connect, COME_UP_WITHIN_S)
        assert daemon is not None
        eventually(lambda: self._sees_player(daemon), COME_UP_WITHIN_S)
        return daemon

    def said(self) -> str:
        """Everything it printed."""
        return self.log.read_text(errors="replace")

    def world_pid(self, health: Health) -> int:
        """The embedded world's process; it is let go on when the test ends."""
        assert health.world is not None
        assert health.world.pid is not None
        self.worlds.add(health.world.pid)
        return health.world.pid

    def _try_connect(self) -> Daemon | None:
        assert self.process.poll() is None, self.said()
        try:
            return connect(self.endpoint)
        except TimmyError:
            return None

    @staticmethod
    def _sees_player(daemon: Daemon) -> bool:
        try:
            return not daemon.snapshot().stale
        except TimmyError:
            return False


def is_running(pid: int) -> bool:
    """Whether a process of that number is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
