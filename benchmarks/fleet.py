"""Many worlds: episodes on Ray against the same worlds without it, and a view of 16 daemons against 16 clients."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from benchmarks.harness import Figure, Note, interleave
from benchmarks.ray_environment import ray_environment
from timmy_actors import Daemon, Fleet, connect, connect_all
from timmy_actors.errors import DaemonUnreachableError

DAEMONS = 16
LOOKS = 5
"""How often all daemons are asked in a round."""
STARTED_WITHIN_S = 300.0
LOOK_EVERY_S = 0.1
ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).parent / "ray_throughput.py"
RAY_WITHIN_S = 1200


def run() -> Iterator[Figure | Note]:
    """Every figure of this room."""
    with tempfile.TemporaryDirectory(prefix="ta-") as folder, daemons(Path(folder)) as endpoints:
        yield from _view(endpoints)
    yield from _ray()


def _view(endpoints: dict[str, str]) -> Iterator[Figure]:
    with ExitStack() as stack:
        fleet = stack.enter_context(connect_all(endpoints, timeout_s=60))
        bare = [stack.enter_context(connect(endpoint, timeout_s=60)) for endpoint in endpoints.values()]
        for name, seen, alone in (
            ("status", lambda: _status(fleet), lambda: [one.status() for one in bare]),
            ("snapshot", lambda: _snapshot(fleet), lambda: [one.snapshot() for one in bare]),
        ):
            mine, theirs = interleave(lambda: _took(seen), lambda: _took(alone))  # noqa: B023  called at once
            yield Figure(
                f"{name} of {DAEMONS} worlds through the fleet view", mine, theirs, "<= 1.15 x",
                lambda ratio: ratio <= 1.15, "ms", "16 bare clients",
            )  # fmt: skip


def _status(fleet: Fleet) -> None:
    assert fleet.status().lost == 0


def _snapshot(fleet: Fleet) -> None:
    assert all(row.value is not None for row in fleet.snapshot())


def _took(look: object) -> float:
    assert callable(look)
    began = time.perf_counter()
    for _ in range(LOOKS):
        look()
    return (time.perf_counter() - began) / LOOKS * 1000


@contextmanager
def daemons(folder: Path, count: int = DAEMONS) -> Iterator[dict[str, str]]:
    """The endpoints of so many daemons on the embedded world, each a process with a world of its own."""
    endpoints = {f"world-{number}": f"ipc://{folder}/{number}.sock" for number in range(count)}
    command = [sys.executable, "-m", "timmy_actors", "run", "--endpoint"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen([*command, endpoint], **quiet) for endpoint in endpoints.values()]  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + STARTED_WITHIN_S
        for endpoint in endpoints.values():
            _await_ready(endpoint, deadline)
        yield endpoints
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _await_ready(endpoint: str, deadline: float) -> None:
    """Wait until the daemon perceives its player, and freeze its world: its time is not what is measured."""
    while not _is_ready(endpoint):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no daemon perceives its player at {endpoint} within {STARTED_WITHIN_S:g} s")
        time.sleep(LOOK_EVERY_S)


def _is_ready(endpoint: str) -> bool:
    try:
        with closing(connect(endpoint)) as daemon:
            return _perceives(daemon)
    except DaemonUnreachableError:
        return False


def _perceives(daemon: Daemon) -> bool:
    health = daemon.status()
    return health.link.carries and any(not seen.stale for seen in health.perceptions)


def _ray() -> Iterator[Figure | Note]:
    try:
        python = ray_environment() / "python"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        yield Note(f"Ray: not measured, its environment cannot be created: {error}")
        return
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0"}
    done = subprocess.run(
        [str(python), str(SCRIPT)], env=environment, stdout=subprocess.PIPE, text=True, timeout=RAY_WITHIN_S, check=True
    )
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            row = json.loads(line)
            yield Figure(
                f"whole episodes on Ray, {row['worlds']} worlds", row["ray"], row["local"], ">= 0.8 x",
                lambda ratio: ratio >= 0.8, "/s", "processes without Ray",
            )  # fmt: skip
