"""What clients that watch a daemon cost it, those that read and those that do not. It is a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.harness import Figure, Reading
from timmy_actors import Daemon, connect
from timmy_actors.client import DaemonWatch
from timmy_actors.errors import TimmyError
from timmy_actors.protocol import Pushed
from timmy_actors.system import config_folder

WATCHERS = 64
ROUNDS = int(os.environ.get("TIMMY_WATCHER_ROUNDS", "7"))
COMMANDS = 400
FILL_S = float(os.environ.get("TIMMY_WATCHER_SECONDS", "20"))
"""How long nobody reads before the daemon's memory is looked at."""
READ_S = 5.0
START_WITHIN_S = 60.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
CONFIG = 'portals_file = "{portals}"\n[perception]\nrate_hz = 20.0\n[journal]\nenabled = false\n'


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    with daemon() as (pid, endpoint), connect(endpoint) as client:
        alone, watched = _latencies(endpoint, client)
        yield Figure(
            f"command p99 with {WATCHERS} idle watchers", watched, alone, "<= 2 x", lambda ratio: ratio <= 2, "ms",
            "nobody watching",
        )  # fmt: skip
        yield from _memory(pid, endpoint)
        yield from _reading(pid, endpoint)


@contextmanager
def daemon(config: str = CONFIG) -> Iterator[tuple[int, str]]:
    """A daemon on the embedded world with this configuration: its process, and its endpoint."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o700)
        (place / "timmy.toml").write_text(config.format(portals=config_folder() / "portals.json"))
        endpoint = f"ipc://{folder}/daemon.sock"
        command = [sys.executable, "-m", "timmy_actors", "run", "--endpoint", endpoint]
        process = subprocess.Popen(
            [*command, "--config", str(place / "timmy.toml")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + START_WITHIN_S
            while not _is_ready(endpoint):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise TimeoutError(f"the daemon was not ready within {START_WITHIN_S:g} s")
                time.sleep(0.05)
            yield process.pid, endpoint
        finally:
            process.terminate()
            process.wait()


def _is_ready(endpoint: str) -> bool:
    try:
        with connect(endpoint) as client:
            return not client.snapshot().stale
    except TimmyError:
        return False


def _watch(endpoint: str, stack: ExitStack) -> list[DaemonWatch]:
    with connect(endpoint) as client:
        return [stack.enter_context(client.watch()) for _ in range(WATCHERS)]


def _latencies(endpoint: str, client: Daemon) -> tuple[list[float], list[float]]:
    """The 99th percentiles of a round each, in ms, alone and beside watchers that do not read."""
    alone, watched = [], []
    for _ in range(ROUNDS):
        alone.append(_p99(client))
        with ExitStack() as stack:
            _watch(endpoint, stack)
            _fill(client, FILL_S / ROUNDS)
            watched.append(_p99(client))
    return alone, watched


def _fill(client: Daemon, seconds: float) -> None:
    """Have much happen: what is not read is to be more than the systems' buffers hold."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        client.command("teleport", to="Balmora")
        client.command("teleport", to="Seyda Neen")


def _p99(client: Daemon) -> float:
    samples = []
    for _ in range(COMMANDS):
        began = time.perf_counter()
        client.command("message", text="hello")
        samples.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(samples, n=100)[98]


def _memory(pid: int, endpoint: str) -> Iterator[Reading]:
    before = _rss_mb(pid)
    with ExitStack() as stack:
        watches = _watch(endpoint, stack)
        with connect(endpoint) as client:
            _fill(client, FILL_S)
        grown = _rss_mb(pid) - before
        left_out = [float(_left_out(watch)) for watch in watches]
    yield Reading("pushes left out for an idle watcher", left_out, ">= 10", lambda count: count >= 10, "")
    yield Reading(f"memory that {WATCHERS} idle watchers take", [grown], "<= 20 MB", lambda mb: mb <= 20, "MB")
    time.sleep(1.0)
    left = [_rss_mb(pid) - before]
    yield Reading("the same, a second after they left", left, "<= 20 MB", lambda mb: mb <= 20, "MB")


def _left_out(watch: DaemonWatch) -> int:
    """How many pushes were left out, once it is read to where nothing is missing any more."""
    missed, began = 0, time.monotonic()
    while time.monotonic() < began + READ_S and missed == 0:
        missed += next(watch).left_out
    return missed


def _reading(pid: int, endpoint: str) -> Iterator[Figure]:
    """The daemon's CPU time for watchers that all read, against writing each push as JSON once for each of them."""
    alone = [_cpu_s(pid, READ_S) for _ in range(3)]
    spent, serialising = [], []
    with ExitStack() as stack:
        watches = _watch(endpoint, stack)
        read: list[Pushed] = []
        for watch in watches:
            threading.Thread(target=_read, args=(watch, read), daemon=True).start()
        for _ in range(3):
            read.clear()
            spent.append((_cpu_s(pid, READ_S) - statistics.median(alone)) * 1000)
            serialising.append(_serialise_s(list(read)) * 1000)
    yield Figure(
        f"CPU time for {WATCHERS} reading watchers", spent, serialising, "<= 1.3 x", lambda ratio: ratio <= 1.3, "ms",
        "one writing each",
    )  # fmt: skip


def _read(watch: DaemonWatch, read: list[Pushed]) -> None:
    read.extend(watch)


def _serialise_s(pushes: list[Pushed]) -> float:
    began = time.thread_time()
    for pushed in pushes:
        pushed.model_dump_json(by_alias=True)
    return time.thread_time() - began


def _cpu_s(pid: int, seconds: float) -> float:
    before = _cpu_so_far_s(pid)
    time.sleep(seconds)
    return _cpu_so_far_s(pid) - before


def _cpu_so_far_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
