"""The steadiness of the beat beside other commands, against a bare `Event.wait` loop; and what a beat itself costs."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, interleave, p50
from timmy_actors.daemon import Runtime, Settings
from timmy_actors.heartbeat.schedule import quantile
from timmy_actors.recording import read_episode
from timmy_actors.system import config_folder

RATE_HZ = 10.0
ROUNDS = int(os.environ.get("TIMMY_HEARTBEAT_ROUNDS", "21"))
ROUND_S = 5.0
COMMANDS_HZ = 100.0
TRIPS = 40
MS_PER_S, US_PER_S = 1e3, 1e6
TURN: dict[str, Any] = {"by": 30.0}


def run() -> Iterator[Figure]:
    """Every figure of this room."""
    with tempfile.TemporaryDirectory() as folder, _daemon(Path(folder)) as timmy:
        with _commands(timmy):
            jitter, bare = interleave(lambda: _jitter(timmy), _bare_jitter, ROUNDS)
        yield Figure(
            "p99 jitter at 10 Hz beside 100 commands a second",
            jitter,
            bare,
            "<= 1.5 x",
            lambda ratio: ratio <= 1.5,
            "ms",
            "Event.wait",
        )
        beat, trip = interleave(lambda: _beat(timmy, Path(folder)), lambda: p50(lambda: _trip(timmy), TRIPS), ROUNDS)
        yield Figure(
            "a beat without its policy, p50",
            beat,
            trip,
            "<= 2 x",
            lambda ratio: ratio <= 2,
            "us",
            "snapshot, command",
        )


@contextmanager
def _daemon(folder: Path) -> Iterator[Runtime]:
    script = folder / "script.yaml"
    script.write_text(json.dumps([{"calls": [{"tool": "turn", "arguments": TURN}]}]))
    settings = Settings.model_validate(
        {
            "perception": {"rate_hz": 20.0},
            "journal": {"file": str(folder / "journal")},
            "recording": {"folder": str(folder / "episodes")},
            "heartbeat": {
                "enabled": True,
                "begins": False,
                "rate_hz": RATE_HZ,
                "policy": "scripted",
                "scripted": {"file": str(script), "repeats": True},
            },
        }
    )
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon") as timmy:
        yield timmy.wait_ready(60.0)


@contextmanager
def _commands(timmy: Runtime) -> Iterator[None]:
    """Another caller, who gives commands at a steady rate."""
    over = threading.Event()

    def give() -> None:
        due = time.monotonic()
        while not over.wait(max(0.0, due - time.monotonic())):
            timmy.command("message", text="hello")
            due = max(due + 1 / COMMANDS_HZ, time.monotonic() - 1.0)

    thread = threading.Thread(target=give)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _jitter(timmy: Runtime) -> float:
    timmy.heartbeat("start")
    time.sleep(ROUND_S)
    jitter = timmy.heartbeat().jitter_ms.p99
    timmy.heartbeat("stop")
    return jitter


def _bare_jitter() -> float:
    """The same at the same times, with nothing to do."""
    event, late = threading.Event(), []
    start = time.monotonic()
    for beat in range(1, round(ROUND_S * RATE_HZ) + 1):
        due = start + beat / RATE_HZ
        event.wait(due - time.monotonic())
        late.append(max(0.0, time.monotonic() - due))
    return quantile(sorted(late), 0.99) * MS_PER_S


def _beat(timmy: Runtime, folder: Path) -> float:
    """The median time of a beat's phases without the policy's, from its record."""
    episode = timmy.heartbeat("start").episode
    time.sleep(ROUND_S)
    timmy.heartbeat("stop")
    records = read_episode(folder / "episodes" / str(episode)).beats
    phases = ((each.latencies.perceive_s or 0.0) + (each.latencies.act_s or 0.0) for each in records)
    return statistics.median(phases) * US_PER_S


def _trip(timmy: Runtime) -> None:
    timmy.snapshot()
    timmy.command("turn", **TURN)
