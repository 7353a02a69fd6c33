"""Gives random commands to the embedded world in process, under luajit: nothing may kill it or fail inside.

Usage: python -m tests.fuzz.command_fuzz [COMMANDS] [--seed N]

The commands and their fields are read from the bridge's registry. Prints its progress, then a report. Exit status 1
when the world died, a command failed inside, or one had no answer.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.listener_fuzz import say

ROOT = Path(__file__).parents[2]
MAIN = ROOT / "tests" / "lua" / "fuzz" / "main.lua"


def fuzz(commands: int, seed: int) -> int:
    """One run: the exit status."""
    luajit = shutil.which("luajit")
    if luajit is None:
        say("luajit is not installed (Debian: apt install luajit)")
        return 1
    started = time.monotonic()
    arguments = [luajit, str(MAIN), str(ROOT), str(commands), str(seed)]
    last = ""
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        for line in run.stdout or ():
            last = line.strip()
            if not last.startswith("{"):
                say(last)
    if run.returncode != 0:
        say(f"seed {seed}: the run ended with exit status {run.returncode}")
        return 1
    return report(json.loads(last), seed, time.monotonic() - started)


def report(outcome: dict[str, object], seed: int, seconds: float) -> int:
    """Say what a run showed: the exit status."""
    faults = outcome["faults"]
    say(
        f"{outcome['given']} commands in {seconds:.1f} s (seed {seed}): {outcome['done']} done,"
        f" declined {json.dumps(outcome['refused'])}"
    )
    for fault in faults if isinstance(faults, list) else ():
        say(f"fault: {fault}")
    say("the world is alive, every command was answered" if not faults else "there were faults")
    return 1 if faults else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("commands", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    return fuzz(chosen.commands, chosen.seed)


if __name__ == "__main__":
    sys.exit(main())
