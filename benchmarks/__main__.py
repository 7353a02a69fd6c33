"""`make bench`, or `python -m benchmarks [ROOM ...]` (default: all of `ROOMS`). Writes `docs/benchmarks.md`."""

from __future__ import annotations

import logging
import sys

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


def main(names: list[str]) -> None:
    """Run the rooms named, or all, printing each figure as it comes."""
    # A benchmark crashes actors on purpose: their tracebacks are not news.
    logging.disable(logging.CRITICAL)
    report = Report()
    for name in names or ROOMS:
        rows = []
        for figure in ROOMS[name].run():
            print(figure.line(), flush=True)
            if not isinstance(figure, Note):
                rows.append(figure.row())
        report.replace(name, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
