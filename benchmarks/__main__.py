"""`make bench`, or `python -m benchmarks [ROOM ...]` (default: all of `ROOMS`). Writes `docs/benchmarks.md`."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time

from benchmarks import (
    bridge,
    cli,
    commands,
    daemon,
    drops,
    fleet,
    frames,
    gamedata,
    heartbeat,
    link,
    player_client,
    portal,
    recording,
    serving,
    supervision,
    watchers,
    worlds,
)
from benchmarks.harness import Note
from benchmarks.report import Report

ROOMS = {
    "supervision": supervision,
    "bridge": bridge,
    "frames": frames,
    "commands": commands,
    "daemon": daemon,
    "link": link,
    "drops": drops,
    "watchers": watchers,
    "portal": portal,
    "player_client": player_client,
    "serving": serving,
    "heartbeat": heartbeat,
    "cli": cli,
    "worlds": worlds,
    "recording": recording,
    "fleet": fleet,
    "gamedata": gamedata,
}


ROOM_WITHIN_S = 1_800
"""A room is ended then, and the next one begins. The longest makes an environment with Ray first."""


def main(names: list[str]) -> None:
    """Run the rooms named, or all, each in a process of its own, and say how far it is."""
    rooms = names or list(ROOMS)
    if unknown := [name for name in rooms if name not in ROOMS]:
        sys.exit(f"no room is called {unknown[0]!r}: there are {', '.join(ROOMS)}")
    if len(rooms) == 1:
        measure(rooms[0])
        return
    took = Report().took_s()
    failed = []
    for number, name in enumerate(rooms, start=1):
        before = f"took {took[name] / 60:.1f} min the last time, " if name in took else ""
        print(f"{number} of {len(rooms)}: {name} ({before}{ROOM_WITHIN_S // 60} min at most)", flush=True)
        if not ends_well([sys.executable, "-m", "benchmarks", name], ROOM_WITHIN_S):
            failed.append(name)
    if failed:
        sys.exit(f"failed, or took too long: {', '.join(failed)}")


def measure(name: str) -> None:
    """Run one room, printing each figure as it comes."""
    # A benchmark crashes actors on purpose: their tracebacks are not news.
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    rows = []
    for figure in ROOMS[name].run():
        print(figure.line(), flush=True)
        if not isinstance(figure, Note):
            rows.append(figure.row())
    Report().replace(name, rows, took_s=time.monotonic() - began)


def ends_well(command: list[str], within_s: float) -> bool:
    """Run a program in a session of its own; everything in it is killed when the time is up, or Ctrl-C is pressed."""
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            return process.wait(within_s) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
