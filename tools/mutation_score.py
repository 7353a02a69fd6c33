"""Measure how many random changes of one room's code its tests notice: `make mutate ROOM=journal`.

mutmut makes the changes and runs, for each, the tests that call the changed function. This draws the sample, bounds the
time, and prints the score with its 95 % confidence interval and every change that no test noticed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutmut.configuration import config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

from benchmarks.checkouts import copy_checkout

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".cache" / "mutation"
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
NOTICED = ("killed", "timeout", "segfault", "suspicious")
"""What counts as noticed: a failed test, and a test process that hung or died."""

SETTINGS = """
[tool.mutmut]
source_paths = ["timmy_actors"]
only_mutate = {files}
do_not_mutate_patterns = ['\\blog\\.\\w+\\(', 'RELAY\\.log\\(']
also_copy = {others}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-m", "not timing"]
pytest_add_cli_args_test_selection = {tests}
process_isolation = "forkserver"
timeout_constant = 20.0
timeout_multiplier = 3.0
use_git_change_detection = false
"""


def main() -> None:
    """Copy the checkout, run a sample of the room's mutants in the copy, and print what became of them."""
    options = _options()
    copy = FOLDER / options.room
    _prepare(copy, options)
    os.chdir(copy)  # mutmut reads its settings there
    names = _sample(options)
    _run(names, options)
    report(_results(names))


def wilson(noticed: int, tried: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson score interval of a share, 95 % by default: right for small samples and shares near 1, too."""
    share, square = noticed / tried, z * z
    middle = share + square / (2 * tried)
    half = z * math.sqrt(share * (1 - share) / tried + square / (4 * tried * tried))
    return (middle - half) / (1 + square / tried), (middle + half) / (1 + square / tried)


def report(results: dict[str, str]) -> None:
    """Print the changes that were not noticed, then the score."""
    tried = {name: status for name, status in results.items() if status != "not checked"}
    for name in (name for name, status in tried.items() if status not in NOTICED):
        print(f"\n{tried[name]}:", flush=True)
        subprocess.run([MUTMUT, "show", name], check=False)
    print(", ".join(f"{count} {status}" for status, count in Counter(results.values()).most_common()))
    if tried:
        noticed = sum(status in NOTICED for status in tried.values())
        low, high = wilson(noticed, len(tried))
        print(
            f"noticed: {noticed} of {len(tried)}, {noticed / len(tried):.0%} (95 % interval: {low:.0%} to {high:.0%})"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", help="a folder of timmy_actors/ that has tests in tests/")
    parser.add_argument("--files", default="*.py", help="patterns of files of the room; others stay as they are")
    parser.add_argument("--tests", default="", help="files of its tests; none: all, except those marked `timing`")
    parser.add_argument("--sample", type=int, default=100, help="how many changes to try")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample")
    parser.add_argument("--processes", type=int, default=1, help="how many changes are tried at once")
    parser.add_argument("--minutes", type=float, default=60, help="what has not been tried by then is left out")
    options = parser.parse_args()
    if not all((ROOT / folder / options.room).is_dir() for folder in ("timmy_actors", "tests")):
        parser.error(f"{options.room!r} is no folder of both timmy_actors/ and tests/")
    return options


def _prepare(copy: Path, options: argparse.Namespace) -> None:
    """Copy the checkout: mutmut works in a folder of its own below the current one, and leaves its results there."""
    copy_checkout(ROOT, copy)
    (copy / "mutants").mkdir()  # before Python starts with it in its path: it remembers folders that are missing
    tests = [f"tests/{options.room}/{name}" for name in options.tests.split()] or [f"tests/{options.room}"]
    files = [f"timmy_actors/{options.room}/{pattern}" for pattern in options.files.split()]
    others = list(_beside(copy))
    settings = SETTINGS.format(files=json.dumps(files), tests=json.dumps(tests), others=json.dumps(others))
    with (copy / "pyproject.toml").open("a") as file:
        file.write(settings)


def _beside(copy: Path) -> Iterator[str]:
    yield "timmy_actors/_shipped"  # a folder of links, which mutmut does not follow by itself
    yield from (path.name for path in copy.iterdir() if path.name not in ("mutants", "tests", "timmy_actors"))


def _sample(options: argparse.Namespace) -> list[str]:
    names = [
        get_mutant_name(path, name)
        for path in sorted(Path("timmy_actors", options.room).rglob("*.py"))
        if config().should_mutate(path)
        for name in mutate_file_contents(str(path), path.read_text()).mutant_names
    ]
    size = min(options.sample, len(names))
    print(f"{options.room}: {size} of {len(names)} changes, seed {options.seed}", flush=True)
    return random.Random(options.seed).sample(names, size)


def _run(names: list[str], options: argparse.Namespace) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path.cwd() / "mutants")}
    command = [MUTMUT, "run", "--max-children", str(options.processes), *names]
    with subprocess.Popen(command, env=environment) as process:
        try:
            process.wait(60 * options.minutes)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # it ends its workers


def _results(names: list[str]) -> dict[str, str]:
    statuses: dict[str, str] = {}
    for path in Path("mutants").rglob("*.py.meta"):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        statuses |= {name: status_by_exit_code[code] for name, code in codes.items()}
    return {name: statuses.get(name, "not checked") for name in names}


if __name__ == "__main__":
    main()
