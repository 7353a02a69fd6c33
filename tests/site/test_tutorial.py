"""The tutorial, done as it stands: its files, its configuration, its command lines, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Health
from tools.site_reference import metric_names

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text(encoding="utf-8")
FILES = re.findall(r"`([\w.]+)`[:]?\n\n```(?:python|toml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PRINTED = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody who does what the page says."""

    def __init__(self, folder: Path, daemon: DaemonProcess) -> None:
        self.folder = folder
        self.daemon = daemon

    def run(self, *command: str) -> str:
        """Run a command line in the folder, and return what it prints."""
        environment = os.environ | {"TIMMY_ENDPOINT": self.daemon.endpoint, "TIMMY_CONFIG": "timmy.toml"}
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=environment, capture_output=True, text=True,
            timeout=2 * PATIENCE_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def timmy_actors(self, line: str) -> str:
        """Run `timmy-actors` as a line of the page does."""
        assert f"$ timmy-actors {line}\n" in PAGE
        return self.run("-m", "timmy_actors", *line.split())


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("tutorial")
        for name, text in FILES:
            (folder / name).write_text(text)
        # A port of its own, and episodes of its own; the page's reader has the default ones to herself.
        with (folder / "timmy.toml").open("a") as file:
            file.write('port = 0\n\n[recording]\nfolder = "episodes"\n')
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        with DaemonProcess(folder, "--config", "timmy.toml") as daemon:
            daemon.connect().close()
            yield Reader(folder, daemon)


def test_the_agent_prints_what_the_page_says(reader: Reader) -> None:
    assert reader.run("agent.py") == PRINTED[0]
    assert "whisper player=Timmy" in reader.timmy_actors("journal tail")


def test_the_policy_plays_an_episode_that_can_be_looked_at(reader: Reader) -> None:
    reader.timmy_actors("heartbeat start")
    listed = eventually(lambda: _ended(reader.timmy_actors("episodes list")))
    episode, *_, outcome = listed.split("Say whom")[0].split()
    assert outcome == "success"
    played = reader.run("-m", "timmy_actors", "episodes", "show", episode)
    assert 'chat({"text": "I see Jiub."})' in played
    assert "That was my walk." in played
    reader.run("-m", "timmy_actors", "episodes", "play", episode, "--to", "film.gif")
    assert (reader.folder / "film.gif").read_bytes().startswith(b"GIF89a")


def _ended(listed: str) -> str:
    """The list, once the episode in it has ended."""
    return "" if "unfinished" in listed else listed


def test_a_killed_world_is_replaced(reader: Reader) -> None:
    with reader.daemon.connect() as daemon:
        before = reader.daemon.world_pid(daemon.status())
        subprocess.run(["kill", "-9", str(before)], check=True)
        eventually(lambda: _link_is_up_in_another_world(daemon.status(), before))
    assert "world" in reader.timmy_actors("tree")
    reader.timmy_actors("status")


def _link_is_up_in_another_world(health: Health, before: int) -> bool:
    return health.link.carries and health.world is not None and health.world.pid not in (None, before)


def test_the_reference_has_every_metric_of_a_running_daemon(reader: Reader) -> None:
    address, token_file = re.findall(r"http up +(\S+) \(its token is in (.*)\)", reader.daemon.said())[0]
    token = Path(token_file).read_text().strip()
    request = urllib.request.Request(f"{address}metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        families = set(re.findall(r"^# TYPE (timmy_\S+) ", answer.read().decode(), re.MULTILINE))
    assert len(families) > 20
    families = {name for name in families if not name.endswith("_created")}
    assert families - set(re.findall(r"`(timmy_\w+)`", metric_names())) == set()
