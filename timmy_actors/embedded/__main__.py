"""Runs the embedded world: prints one JSON line on stdout when the bridge listens, and the server's log on stderr."""

from __future__ import annotations

import json
import os
import sys

from timmy_actors.embedded.control import Control
from timmy_actors.embedded.parent import end_with_parent
from timmy_actors.embedded.settings import EmbeddedSettings, parse
from timmy_actors.embedded.world import Loop, World, report
from timmy_actors.errors import TimmyError


def print_ready(world: World) -> None:
    """Print the ready line, which tells the parent process where to connect."""
    ready = {"ready": True, "pid": os.getpid(), "port": world.port, "boot": world.boot}
    write_line(json.dumps(ready))


def write_line(line: str) -> None:
    """Write a line to the parent process."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(settings: EmbeddedSettings) -> int:
    """Run the world until it is stopped. Returns the exit code."""
    if settings.lifeline is not None and not end_with_parent(settings.lifeline):
        return 0
    try:
        world = World(settings)
    except TimmyError as error:
        report(f"[ERROR] {error}")
        return error.exit_code
    control = Control(sys.stdin.fileno(), world.clock, write_line) if settings.control else None
    loop = Loop(world.tick, report, settings.lifeline, control)
    loop.stop_on_signals()
    print_ready(world)
    loop.run()
    world.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(parse()))
