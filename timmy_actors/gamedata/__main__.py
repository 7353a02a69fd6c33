"""Builds the index in a process that the daemon starts: `python -m timmy_actors.gamedata INDEX CODE_PAGE FILE...`.

Prints its progress, one JSON object a line: `{"share": 0.25}`; at last `{"error": "..."}` if it fails.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata import build_index

NICENESS = 10
"""Below the daemon, which must not wait for it."""
STEPS = 100


def main(index: str, code_page: str, *files: str) -> int:
    """Build the index; returns the exit code."""
    os.nice(NICENESS)
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        step = done * STEPS // total
        if step > shown:
            shown = step
            _print({"share": step / STEPS})

    try:
        build_index([Path(file) for file in files], Path(index), code_page=code_page, on_progress=show)
    except GameDataError as error:
        _print({"error": str(error)})
        return error.exit_code
    return 0


def _print(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
