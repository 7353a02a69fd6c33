"""Players without a game: what fifty cost, spread and gathered, and a login beside the protocol's floor, a UDP echo."""

from __future__ import annotations

import multiprocessing
import os
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, Reading
from benchmarks.stand_in.server import COMMIT, StandInServer
from timmy_actors.player_client import Crowd, CrowdReport, Login

SPREAD, GATHERED = 50, 20
RUN_S = float(os.environ.get("TIMMY_PLAYER_SECONDS", "10"))
ROUNDS = 3
LOGIN_DATAGRAMS = 10
"""Exchanges that a login takes at least, one after the other."""
LOGINS = 21


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    spread = [_measured(SPREAD, spread=True) for _ in range(ROUNDS)]
    yield Reading(
        f"{SPREAD} players, two a cell: one core", [cpu for cpu, _, _ in spread], "<= 25", lambda cpu: cpu <= 25, "%"
    )
    yield Reading(
        f"{SPREAD} players: memory of their process", [mb for _, mb, _ in spread], "<= 120", lambda mb: mb <= 120, "MB"
    )
    gathered = [_measured(GATHERED, spread=False) for _ in range(ROUNDS)]
    yield Reading(
        f"{GATHERED} players in one place: one core",
        [cpu for cpu, _, _ in gathered],
        "<= 80",
        lambda cpu: cpu <= 80,
        "%",
    )
    yield Figure("login p50", *_logins(), unit="ms", yardstick_name=f"{LOGIN_DATAGRAMS} UDP echoes")


def _measured(players: int, *, spread: bool) -> tuple[float, float, CrowdReport]:
    """CPU in percent of a core and memory in MB of a process that plays, and its report."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    with StandInServer() as server:
        server.game.spread = spread
        process = context.Process(target=_play, args=(server.address, players, theirs))
        process.start()
        cpu, mb, report = mine.recv()
        process.join()
    if report.entered != players or report.endings:
        raise RuntimeError(f"only {report.entered} of {players} came in: {report.endings}")
    return cpu, mb, report


def _play(server: tuple[str, int], players: int, results: Connection[Any, Any]) -> None:
    logins = [Login(f"Bot {number}", "a password", COMMIT) for number in range(players)]
    before, began = time.process_time(), time.monotonic()
    report = Crowd(server, logins, "wander").run(RUN_S)
    cpu = (time.process_time() - before) / (time.monotonic() - began) * 100
    results.send((cpu, _peak_mb(), report))


def _peak_mb() -> float:
    """The peak of this process alone: getrusage's has that of the process that started it, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _logins() -> tuple[list[float], list[float]]:
    """Logins and echoes in turn, in milliseconds."""
    logins, echoes = [], []
    with StandInServer() as server, _Echo() as echo:
        for number in range(LOGINS):
            report = Crowd(server.address, [Login(f"Timmy {number}", "a password", COMMIT)], "chat").run(0.5)
            logins.append(report.login_p50_ms)
            echoes.append(statistics.median(echo.exchange(LOGIN_DATAGRAMS) for _ in range(5)))
    return logins, echoes


class _Echo:
    """A bare UDP echo in a thread."""

    def __enter__(self) -> _Echo:
        """Listen."""
        self._server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._server.bind(("127.0.0.1", 0))
        self._client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._client.connect(self._server.getsockname())
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._client.send(b"")
        self._thread.join()
        self._client.close()
        self._server.close()

    def exchange(self, times: int) -> float:
        """The time of some exchanges, one after the other, in milliseconds."""
        began = time.perf_counter()
        for _ in range(times):
            self._client.send(b"a datagram of some size" * 10)
            self._client.recv(2048)
        return (time.perf_counter() - began) * 1000

    def _answer(self) -> None:
        while True:
            data, address = self._server.recvfrom(2048)
            if not data:
                return
            self._server.sendto(data, address)
