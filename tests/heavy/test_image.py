"""The image's own steps, run in a plain folder: what they install answers its health check. No engine is needed.

Left out is what needs root or the network's TES3MP release: Debian's packages, the server itself, and the user.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.chaos.stage import WorldProcess
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
PLACES = ("/opt/timmy", "/usr/src/timmy_actors", "/usr/local/bin", "/etc/timmy-actors", "/data", "/run")
"""The image's folders."""
UP_WITHIN_S = 120.0


def in_folder(text: str, folder: Path) -> str:
    """A command or setting of the image, with the folders of this test."""
    places = "|".join(map(re.escape, PLACES))
    return re.sub(rf"(?<![\w/])(?:{places})", lambda place: f"{folder}{place[0]}", text)


def steps() -> Iterator[tuple[str, str]]:
    """The instructions of the Dockerfile: each word, and what it is about."""
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word and not word.startswith("#"):
            yield word, rest


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the steps that install this package were run."""
    folder = tmp_path_factory.mktemp("image")
    for place in PLACES:
        (folder / place[1:]).mkdir(parents=True)
    ran = []
    for word, rest in steps():
        if word == "COPY":
            source, target = rest.split()
            assert source == "."
            copied = Path(in_folder(target, folder))
            copied.rmdir()
            ignored = (ROOT / ".dockerignore").read_text().split()
            shutil.copytree(ROOT, copied, ignore=shutil.ignore_patterns(*ignored, ".git", ".cache", ".venv"))
        elif word == "RUN" and "/opt/timmy" in rest:
            script = in_folder(rest, folder).replace("python3", sys.executable, 1)
            subprocess.run(["sh", "-euc", script], check=True, cwd=folder)
            ran.append(rest)
    assert len(ran) == 1
    return folder


@pytest.mark.timeout(900)  # packages are installed within it
def test_what_the_image_installs_answers_its_health_check(image: Path, tmp_path: Path) -> None:
    assert not (image / "usr/src/timmy_actors").exists()
    assert (image / "usr/local/bin/tes3mp-with-timmy").stat().st_mode & 0o777 == 0o755
    daemon = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]["daemon"]
    settings = image / "etc/timmy-actors/timmy.toml"
    (image / "data").chmod(0o700)
    world = WorldProcess(tmp_path)
    try:
        # The ports are the image's own, and others may run here: the game's is this world's, HTTP's any free one.
        text = in_folder(settings.read_text(), image).replace("tcp://127.0.0.1:7979", f"tcp://127.0.0.1:{world.port}")
        text = re.sub(r"^token_file = .*data/data.*$", f'token_file = "{world.token_file}"', text, flags=re.MULTILINE)
        text = text.replace('host = "0.0.0.0"', 'host = "127.0.0.1"')
        settings.write_text(re.sub(r"^port = 7980$", "port = 0", text, flags=re.MULTILINE))
        program, *arguments = (in_folder(word, image) for word in daemon["command"])
        environment = {"PATH": f"{image}/usr/local/bin:{os.environ['PATH']}", "XDG_RUNTIME_DIR": f"{image}/run"}
        with subprocess.Popen([program, *arguments], env=environment, cwd=tmp_path) as process:
            try:
                eventually(lambda: is_ready(process, image, environment, daemon["healthcheck"]["test"]), UP_WITHIN_S)
            finally:
                process.terminate()
    finally:
        world.close()
    assert process.returncode == 0


def is_ready(process: subprocess.Popen[bytes], image: Path, environment: dict[str, str], check: list[str]) -> bool:
    """Whether the composition's health check succeeds, on the port that the daemon has."""
    assert process.poll() is None
    shown = subprocess.run(
        ["timmy-actors", "status", "--json"], env=environment, capture_output=True, text=True, check=False
    ).stdout
    url = re.search(r'"url": "(http://[^"]+/)"', shown)
    if url is None:
        return False
    command = [word.replace("http://127.0.0.1:7980/", url[1]) for word in check[1:]]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
