"""What the daemon costs its machine: memory while it is idle, processor time while it follows a busy server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crowd import CrowdProcess
from benchmarks.harness import ROUNDS, Figure, Reading, in_turn
from timmy_actors.client import Daemon, connect
from timmy_actors.errors import TimmyError
from timmy_actors.system import config_folder

PLAYERS, RATE_HZ = 100, 10
WITHIN_S, SETTLE_S, WATCH_S = 60.0, 5.0, 3.0
HZ = os.sysconf("SC_CLK_TCK")
LIBRARIES = "import sys, zmq, pydantic, pykka, sqlite3, asyncio; print(flush=True); sys.stdin.read()"


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    idle, libraries = in_turn(_idle_mb, _libraries_mb)
    yield Figure(
        "memory of an idle daemon, against its libraries",
        idle,
        libraries,
        unit="MB",
        yardstick_name="its libraries alone",
    )
    yield Reading("memory of an idle daemon", idle, "<= 45 MB", lambda mb: mb <= 45, "MB")
    yield Reading(f"{PLAYERS} x {RATE_HZ} Hz: share of a core", _shares(), "<= 15 %", lambda share: share <= 15, "%")


def _idle_mb() -> float:
    """`VmRSS` of a daemon that is connected to no game and asked for nothing."""
    with _daemon("tcp://127.0.0.1:1", "Timmy") as (process, _):
        time.sleep(WATCH_S)
        return _rss_mb(process.pid)


def _libraries_mb() -> float:
    """The same of an interpreter that has imported what the daemon is made of, and does nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", LIBRARIES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        megabytes = _rss_mb(process.pid)
        process.communicate("")
    return megabytes


def _shares() -> list[float]:
    """Percent of a core while the daemon follows every player, of a server in another process."""
    with CrowdProcess(PLAYERS) as crowd, _daemon(crowd.address, "Walker 1") as (process, endpoint):
        _await(endpoint, lambda client: client.snapshot())
        time.sleep(SETTLE_S)
        return [_share(process.pid) for _ in range(ROUNDS)]


def _share(pid: int) -> float:
    before, began = _ticks(pid), time.perf_counter()
    time.sleep(WATCH_S)
    return (_ticks(pid) - before) / HZ / (time.perf_counter() - began) * 100


@contextmanager
def _daemon(game: str, player: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with tempfile.TemporaryDirectory() as folder:
        settings, endpoint = Path(folder) / "timmy.toml", f"ipc://{folder}/d"
        settings.write_text(
            f'player = "{player}"\n'
            f'portals_file = "{config_folder() / "portals.json"}"\n'
            "[world]\nembedded = false\n"
            f'[link]\naddress = "{game}"\nmechanism = "null"\n'
            f"[perception]\nrate_hz = {RATE_HZ}\n"
            f'[journal]\nfile = "{folder}/daemon.journal"\n'
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "timmy_actors", "run", "--config", str(settings), "--endpoint", endpoint],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await(endpoint, lambda client: client.status())
            yield process, endpoint
        finally:
            process.terminate()
            process.wait()


def _await(endpoint: str, call: Callable[[Daemon], object]) -> None:
    until = time.monotonic() + WITHIN_S
    while True:
        try:
            with connect(endpoint) as client:
                call(client)
                return
        except TimmyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text(encoding="ascii").split("VmRSS:")[1].split()[0]) / 1000


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
