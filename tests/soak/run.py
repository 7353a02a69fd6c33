"""The load, and the looks at what the daemon holds meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.daemon import DaemonProcess
from tests.soak.samples import Curve, Sample, journal_mb, look
from timmy_actors.client import Daemon
from timmy_actors.errors import TimmyError
from timmy_actors.system import config_folder

SAMPLES = 240
SHORTEST_INTERVAL_S = 0.25
CALLERS = 4
PAUSE_S = 0.01
JOURNAL_MB = 2.0
"""Small, so that forgetting is a part of the load."""
DROPS = 10
"""How often in all the world is killed under it."""
COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("message", {"text": "soak"}),
    ("give_item", {"item": "gold_001"}),
    ("teleport", {"to": "Balmora"}),
    ("teleport", {"to": "Seyda Neen"}),
)


@dataclass(frozen=True)
class Soaked:
    """What it came to."""

    curves: list[Curve]
    calls: Counter[str]


def run(folder: Path, seconds: float) -> Soaked:
    """Load a daemon on the embedded world for so long."""
    folder.chmod(0o700)
    config = folder / "timmy.toml"
    portals = config_folder() / "portals.json"
    config.write_text(f'portals_file = "{portals}"\nlog_level = "error"\n[journal]\nmax_mb = {JOURNAL_MB}\n')
    process = DaemonProcess(folder, "--config", str(config))
    with process, process.connect() as daemon, _load(process) as calls:
        samples = list(_samples(process, daemon, seconds))
    return Soaked(_curves(samples), calls)


@contextlib.contextmanager
def _load(process: DaemonProcess) -> Iterator[Counter[str]]:
    calls: Counter[str] = Counter()
    enough = threading.Event()
    work = [_give] * CALLERS + [_read, _watch]
    threads = [threading.Thread(target=kind, args=(process.endpoint, enough, calls)) for kind in work]
    for thread in threads:
        thread.start()
    try:
        yield calls
    finally:
        enough.set()
        for thread in threads:
            thread.join()


def _give(endpoint: str, enough: threading.Event, calls: Counter[str]) -> None:
    with Daemon(endpoint) as daemon:
        turn = 0
        while not enough.wait(PAUSE_S):
            name, arguments = COMMANDS[turn % len(COMMANDS)]
            turn += 1
            calls[_outcome(lambda: daemon.command(name, **arguments))] += 1  # noqa: B023  called here


def _read(endpoint: str, enough: threading.Event, calls: Counter[str]) -> None:
    with Daemon(endpoint) as daemon:
        while not enough.wait(PAUSE_S):
            calls[f"snapshot {_outcome(daemon.snapshot)}"] += 1
            calls[f"status {_outcome(daemon.status)}"] += 1


def _watch(endpoint: str, enough: threading.Event, calls: Counter[str]) -> None:
    with Daemon(endpoint) as daemon:
        while not enough.is_set():
            watch = daemon.watch()
            with contextlib.closing(watch), contextlib.suppress(TimmyError):
                for _ in watch:
                    calls["pushed"] += 1
                    if enough.is_set():
                        return


def _outcome(call: object) -> str:
    try:
        call()  # type: ignore[operator]
    except TimmyError as error:
        return str(getattr(error, "code", type(error).__name__))
    return "done"


def _samples(process: DaemonProcess, daemon: Daemon, seconds: float) -> Iterator[tuple[Sample, Sample, float]]:
    interval_s = max(SHORTEST_INTERVAL_S, seconds / SAMPLES)
    ends, drop_at = time.monotonic() + seconds, time.monotonic() + seconds / (DROPS + 1)
    journal = Path(process.endpoint.removeprefix("ipc://") + ".journal")
    while time.monotonic() < ends:
        threading.Event().wait(interval_s)
        world = daemon.status().world
        if world is None or world.state != "up" or world.pid is None:
            continue
        with contextlib.suppress(OSError):  # the world has just ended
            yield look(process.process.pid), look(world.pid), journal_mb(journal)
        if time.monotonic() >= drop_at:
            drop_at += seconds / (DROPS + 1)
            with contextlib.suppress(ProcessLookupError):
                os.kill(world.pid, signal.SIGKILL)


def _curves(samples: list[tuple[Sample, Sample, float]]) -> list[Curve]:
    daemons, worlds, journals = zip(*samples, strict=True)
    return [
        Curve("daemon memory", "MB", [sample.rss_mb for sample in daemons], slack=1.0),
        Curve("daemon threads", "", [float(sample.threads) for sample in daemons], slack=1.0, slack_share=0.0),
        Curve("daemon descriptors", "", [float(sample.descriptors) for sample in daemons], slack=2.0, slack_share=0.0),
        Curve("journal", "MB", list(journals), slack=JOURNAL_MB),
        Curve("world memory", "MB", [sample.rss_mb for sample in worlds], slack=4.0),
    ]
