"""A world in a process of its own, and a daemon that is killed beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from tests.chaos.audit import read_books
from tests.chaos.stage import UP_WITHIN_S, WorldProcess
from tests.mcp_server.clients import environment
from tests.waiting import eventually
from timmy_actors import TimmyError, connect
from timmy_actors.journal import Reader
from timmy_actors.protocol import JournalEntry
from timmy_actors.system import config_folder

HEARTBEAT_S = 10
"""So long that the link outlives a frozen world: a command stays on its way."""


class Stage:
    """The world's state outlives the daemon, as that of a game server does."""

    def __init__(self, folder: Path) -> None:
        self.endpoint = f"ipc://{folder}/daemon.sock"
        self.journal = folder / "timmy.journal"
        self.config = folder / "timmy.toml"
        self._folder = folder
        self.world = WorldProcess(folder)
        self.config.write_text(
            f'portals_file = "{config_folder() / "portals.json"}"\n[world]\nembedded = false\n'
            f'[link]\naddress = "tcp://127.0.0.1:{self.world.port}"\ntoken_file = "{self.world.token_file}"\n'
            f'heartbeat_interval_s = {HEARTBEAT_S}\n[journal]\nfile = "{self.journal}"\n'
        )

    def __enter__(self) -> Self:
        self.start_daemon()
        eventually(self._sees_player, UP_WITHIN_S)
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill_daemon()
        self.world.close()

    def start_daemon(self) -> None:
        """Start the daemon, or the next."""
        command = [sys.executable, "-m", "timmy_actors", "run", "--config", str(self.config)]
        with (self._folder / "daemon.log").open("ab") as log:
            self.daemon = subprocess.Popen(
                [*command, "--endpoint", self.endpoint], stdout=log, stderr=log, cwd=self._folder, env=environment()
            )

    def kill_daemon(self) -> None:
        """End the daemon with SIGKILL."""
        self.daemon.kill()
        self.daemon.wait(UP_WITHIN_S)

    def freeze(self) -> None:
        """Stop the world, so that a command takes until `go_on`."""
        os.kill(self.world.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the world go on."""
        os.kill(self.world.process.pid, signal.SIGCONT)

    def gifts(self) -> int:
        """How many gifts reached the player."""
        return read_books(self.world.ledger, self.journal, {}, frozenset()).ledger.total()

    def entries(self, command_id: str) -> list[JournalEntry]:
        """The journal's entries of a command."""
        with Reader(self.journal) as reader:
            return reader.named(command_id)

    def _sees_player(self) -> bool:
        try:
            with connect(self.endpoint) as daemon:
                return not daemon.snapshot().stale
        except TimmyError:
            return False
