"""The processes of the storm: a world that keeps a ledger, a daemon that keeps a journal, the proxy between them."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.chaos.proxy import FaultProxy
from tests.waiting import eventually
from tests.wires import free_port
from timmy_actors.system import make_token_file

UP_WITHIN_S = 240.0
"""On a machine with twenty busy processes to a core a daemon takes more than a minute."""
SMALLEST_DISK_BYTES = 64 * 1024
HEARTBEAT_S = 0.2
SWEEP_S = 0.1
"""How often the journal is looked through for what is too old: it is to meet every jump of the clock."""
RUN = f"from timmy_actors.cli import main\nfrom timmy_actors.journal import actor\nactor.SWEEP_S = {SWEEP_S}\nmain()\n"


def faketime() -> Path | None:
    """The library that lets a process's wall clock jump, where it is installed."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return libraries[0] if libraries else None


def faketime_files(process: int) -> list[Path]:
    """What libfaketime makes for a process in shared memory, and leaves there when that is killed."""
    return [Path("/dev/shm", f"{name}_{process}") for name in ("faketime_shm", "sem.faketime_sem")]


class WorldProcess:
    """The embedded world alone, on a port that stays; what it gives is in the ledger, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.token_file = folder / "token"
        self.ledger = folder / "ledger"
        self.boots: list[str] = []
        """Each incarnation's identity, the newest last."""
        make_token_file(self.token_file)
        self._log = (folder / "world.log").open("ab")
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "timmy_actors.embedded", "--port", str(self.port)]
        command += ["--token-file", str(self.token_file), "--ledger", str(self.ledger)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True)
        assert process.stdout is not None
        self.boots.append(json.loads(process.stdout.readline())["boot"])
        return process

    def kill(self) -> None:
        """Kill it, and start the next."""
        self.end()
        self.process = self._start()

    def end(self) -> None:
        """Kill it for good."""
        _end(self.process)

    def close(self) -> None:
        """The same, and nothing is left."""
        self.end()
        self._log.close()


class ChaosDaemon:
    """`timmy-actors run` behind the proxy; its wall clock can be made to jump, its disk to be full."""

    def __init__(self, folder: Path, proxy: FaultProxy, token_file: Path, more: str = "") -> None:
        self.endpoint = f"ipc://{folder}/daemon.sock"
        self.journal = folder / "timmy.journal"
        self.log = folder / "daemon.log"
        self._folder = folder
        self._clock = folder / "faketime"
        self.config = folder / "timmy.toml"
        self.config.write_text(
            f'portals_file = "{Path(__file__).parents[2] / "config" / "portals.json"}"\nlog_level = "error"\n'
            f'[world]\nembedded = false\n[link]\naddress = "tcp://127.0.0.1:{proxy.port}"\n'
            f'token_file = "{token_file}"\nheartbeat_interval_s = {HEARTBEAT_S}\n'
            f'[journal]\nfile = "{self.journal}"\n{more}'
        )
        self.jump(0)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", RUN, "run", "--config", str(self.config)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*command, "--endpoint", self.endpoint],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env=self._environment(),
            )

    def _environment(self) -> dict[str, str]:
        library = faketime()
        if library is None:
            return dict(os.environ)
        fake = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        return {**os.environ, **fake}

    def jump(self, seconds: float) -> None:
        """Set its wall clock so far off the true one."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(f"{seconds:+.0f}s\n")
        fresh.replace(self._clock)

    def kill(self) -> None:
        """Kill it, and start the next."""
        self.end()
        self.process = self._start()

    def stop(self) -> None:
        """End it in order."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(UP_WITHIN_S)

    def end(self) -> None:
        """Kill it for good."""
        _end(self.process)
        for file in faketime_files(self.process.pid):
            file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """While its files cannot grow: the system's own limit has its writes fail."""
        wal = self.journal.with_name(self.journal.name + "-wal")
        size = wal.stat().st_size if wal.exists() else 0
        self._limit(max(size, SMALLEST_DISK_BYTES))
        try:
            yield
        finally:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class Stage:
    """All of it, in one folder; `more` is added to the daemon's configuration."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self._more = more
        folder.chmod(0o700)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as started:
            self.world = started.enter_context(contextlib.closing(WorldProcess(self.folder)))
            self.proxy = started.enter_context(FaultProxy(self.world.port))
            self.daemon = ChaosDaemon(self.folder, self.proxy, self.world.token_file, self._more)
            started.callback(self.daemon.end)
            eventually((self.folder / "daemon.sock").exists, UP_WITHIN_S)
            self._started = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._started.close()


def _end(process: subprocess.Popen[Any]) -> None:
    process.kill()
    process.wait(UP_WITHIN_S)
    if process.stdout is not None:
        process.stdout.close()
