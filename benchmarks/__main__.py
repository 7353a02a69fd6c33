"""`make bench`, or `python -m benchmarks [ROOM ...]`; without names, all rooms of `ROOMS`."""

from __future__ import annotations

import logging
import sys

from benchmarks import (
    bridge,
    cli,
    commands,
    drops,
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

ROOMS = {
    "supervision": supervision,
    "bridge": bridge,
    "frames": frames,
    "commands": commands,
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
    "gamedata": gamedata,
}


def main(names: list[str]) -> None:
    """Run the rooms named, or all, printing each figure as it comes."""
    # A benchmark crashes actors on purpose: their tracebacks are not news.
    logging.disable(logging.CRITICAL)
    for name in names or ROOMS:
        for figure in ROOMS[name].run():
            print(figure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
