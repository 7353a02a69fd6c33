"""README and the pages on worlds and on watching, done as they stand by somebody who believes them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import eventually
from timmy_actors import connect

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EDGE = re.compile(r"^ +(\w+)(?:\[\".*?\"\])? --> \w+\[\"([\w-]+)", re.MULTILINE)
LINES = [line for line in re.findall(r"^\$ timmy-actors ([^#\n]*)", README, re.MULTILINE) if "SERVER" not in line]
ENDLESS = ("watch",)
NEED_A_SCREEN = ("portals check", "execute journal")
"""They say so, by the exit code 1, where there is none."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with DaemonProcess(tmp_path_factory.mktemp("readme")) as daemon:
        daemon.connect().close()
        yield daemon.endpoint


def run(*command: str, endpoint: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | {
        "TIMMY_ENDPOINT": endpoint
    }
    return subprocess.run(
        [sys.executable, *command], env=environment, cwd=TOP, capture_output=True, text=True, timeout=90, check=False
    )


def test_every_command_does_what_it_is_shown_for(endpoint: str) -> None:
    assert len(LINES) > 8
    for line in map(str.strip, LINES):
        if line not in ENDLESS:
            done = run("-m", "timmy_actors", *shlex.split(line), endpoint=endpoint)
            assert done.returncode == (1 if line in NEED_A_SCREEN else 0), (line, done.stdout, done.stderr)
            assert "Traceback" not in done.stderr


def test_the_picture_of_the_tree_is_the_tree(endpoint: str) -> None:
    actors = json.loads(run("-m", "timmy_actors", "tree", "--json", endpoint=endpoint).stdout)["actors"]
    always = "\n".join(line for line in README.splitlines() if "if enabled" not in line)
    drawn = [(parent, name) for parent, name in EDGE.findall(always)]
    for above in {parent for parent, _ in drawn}:
        under = [actor["name"] for actor in actors if (actor["parent"] or "root") == above]
        assert [name for parent, name in drawn if parent == above] == under
    assert len(drawn) == sum(actor["name"] != "root" for actor in actors)


def test_python_reaches_a_running_daemon(endpoint: str) -> None:
    done = run("-c", BLOCK.findall(README)[0], endpoint=endpoint)
    assert (done.returncode, '"cell": "-3, -2"' in done.stdout) == (0, True), done.stderr


def test_coroutines_reach_a_running_daemon(endpoint: str) -> None:
    with connect(endpoint) as daemon:  # the commands before have started servers that need a screen
        eventually(lambda: daemon.status().verdict == "ok")
    done = run("-c", BLOCK.findall(README)[1], endpoint=endpoint)
    assert done.stdout == "Balmora ok\n", done.stderr


def test_python_runs_a_daemon_of_its_own(tmp_path: Path) -> None:
    done = run("-c", BLOCK.findall(README)[2], endpoint=f"ipc://{tmp_path}/daemon.sock")
    assert done.stdout.startswith("bad_arguments count "), done.stderr


def test_two_agents_talk(endpoint: str) -> None:
    done = run("-c", BLOCK.findall(README)[3], endpoint=endpoint)
    assert done.stdout.splitlines() == [
        "Timmy (0): I am in Seyda Neen. Who are you?",
        "Jiub (1): They call me Jiub.",
    ], done.stderr


def test_the_programs_of_the_page_on_watching_run(endpoint: str) -> None:
    for program, place in zip(_blocks("watching.md"), ("Balmora", "Seyda Neen"), strict=True):
        done = run("-c", program, endpoint=endpoint)
        assert done.stdout.endswith(f"Timmy is in {place}\n"), done.stderr


def _blocks(page: str) -> list[str]:
    return BLOCK.findall((TOP / "docs" / page).read_text(encoding="utf-8"))


def test_the_programs_of_the_page_on_worlds_run(endpoint: str) -> None:
    first, dialogs, verbs, waiting, coroutines = _blocks("worlds.md")
    done = run("-c", first, endpoint=endpoint)
    assert "teleport" in done.stdout, done.stderr
    done = run("-c", dialogs, endpoint=endpoint)
    assert done.stdout == "['White pillow', 'Guarskin drum', 'Exit']\nHow many?\n", done.stderr
    done = run("-c", verbs, endpoint=endpoint)
    assert done.stdout.startswith("done None Balmora, Eight Plates\nA bed is ten gold"), done.stdout + done.stderr
    done = run("-c", waiting, endpoint=endpoint)
    assert done.stdout == "False Timmy\n", done.stderr
    done = run("-c", coroutines, endpoint=endpoint)
    assert done.stdout.endswith(" done\n"), done.stderr


def test_the_programs_of_the_page_on_mcp_run(endpoint: str) -> None:
    client, waiting = _blocks("mcp.md")
    ours = client.replace('"timmy-actors", args=[', f'{sys.executable!r}, args=["-m", "timmy_actors", ')
    done = run("-c", ours.replace('"mcp", ', f'"mcp", "--endpoint", {endpoint!r}, '), endpoint=endpoint)
    assert re.fullmatch(r"\['observe', 'act', .*\]\n\w+( \w+)*\n", done.stdout), done.stdout + done.stderr
    done = run("-c", waiting, endpoint=endpoint)
    assert done.stdout == "True\n", done.stderr
