"""`make chaos`: the storm at full size, with its report. The exit code is 1 where the books do not fit."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import run


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--commands", type=int, default=10_000)
    parser.add_argument("--faults", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same faults in the same order")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ta-chaos-") as folder:
        outcome = run(Path(folder), seed=arguments.seed, commands=arguments.commands, faults=arguments.faults)
    sys.stdout.write("\n".join(outcome.report()) + "\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
