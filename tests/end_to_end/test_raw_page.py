"""The page on the script API, done as it stands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import PATIENCE_S

PAGE = (Path(__file__).parents[2] / "docs" / "raw.md").read_text(encoding="utf-8")
BATCHES = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
GIVEN = re.compile(r"^gives, for instance, `(.*)`", re.MULTILINE)
LINE = re.compile(r"`timmy-actors (do api .*?)` prints `(.*?)`")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("raw")
    (folder / "timmy.toml").write_text("[world]\nallow_raw = true\n")
    with DaemonProcess(folder, "--config", "timmy.toml") as running:
        running.connect().close()
        yield running


def results(process: DaemonProcess, batch: dict[str, Any]) -> list[list[Any]]:
    with process.connect() as daemon:
        value = daemon.command("api", **batch).value
    assert value is not None
    answers: list[list[Any]] = value["results"]
    return answers


def test_the_batch_that_places_a_bottle_places_it(process: DaemonProcess) -> None:
    placing, _ = BATCHES
    assert len(results(process, placing)) == len(placing["calls"])


def test_the_batch_that_reads_gives_what_the_page_says(process: DaemonProcess) -> None:
    _, reading = BATCHES
    (answer,) = GIVEN.findall(PAGE)
    assert results(process, reading) == json.loads(answer)


def test_the_command_line_prints_what_the_page_says(process: DaemonProcess) -> None:
    ((line, printed),) = LINE.findall(PAGE)
    command = [sys.executable, "-m", "timmy_actors", *shlex.split(line), "--endpoint", process.endpoint]
    done = subprocess.run(command, capture_output=True, text=True, timeout=6 * PATIENCE_S, check=False)
    assert (done.returncode, done.stdout) == (0, f"{printed}\n"), done.stderr
