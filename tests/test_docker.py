"""Runs the container's script without a container. No test builds the image, see `docs/tes3mp.md`."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.link.lua_listener import LuaListener
from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.serving.http.daemons import up
from tests.waiting import PATIENCE_S, eventually
from tests.wires import free_port
from timmy_actors.cli.install import CUSTOM_SCRIPTS, TOKEN
from timmy_actors.daemon import HttpSettings, load_settings

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "docker" / "server.sh"
SERVER = """#!/bin/sh
# Simulates the game server: reports how it was started, and ends on SIGTERM.
trap 'echo stopped >>"$REPORT"; exit 0' TERM
echo "pid $$ in $(pwd) libraries $LD_LIBRARY_PATH" >>"$REPORT"
if read -r _; then echo "something to read" >>"$REPORT"; fi
while :; do sleep 0.05; done
"""


class Container:
    """A folder with the image's content, and the script started in it."""

    def __init__(self, folder: Path) -> None:
        self.release, self.data, self.home = folder / "release", folder / "data", folder / "home"
        for path in (self.release / "server" / "scripts", self.release / "server" / "data", self.data, self.home):
            path.mkdir(parents=True)
        (self.release / "server" / CUSTOM_SCRIPTS).write_text("-- custom scripts\n")
        program = self.release / "tes3mp-server.x86_64"
        program.write_text(SERVER)
        program.chmod(0o755)
        self.report = folder / "report"
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, **environment: str) -> subprocess.Popen[str]:
        settings = {
            "TES3MP": self.release, "TES3MP_DATA": self.data, "HOME": self.home, "REPORT": self.report,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        variables = {name: str(value) for name, value in settings.items()} | environment
        process = subprocess.Popen([SCRIPT], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._processes.append(process)
        return process

    def up(self, **environment: str) -> subprocess.Popen[str]:
        process = self.start(**environment)
        eventually(lambda: self.report.exists() and f"pid {process.pid} " in self.report.read_text())
        return process

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.communicate()

    @property
    def settings(self) -> configparser.ConfigParser:
        parser = configparser.ConfigParser()
        parser.read(self.home / ".config" / "openmw" / "tes3mp-server.cfg")
        return parser


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    container = Container(tmp_path)
    yield container
    container.end()


def stopped(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_S)


def test_the_first_start_fills_the_data_folder_and_installs_the_bridge(container: Container) -> None:
    container.up()
    assert 'require("timmy_bridge")' in (container.data / CUSTOM_SCRIPTS).read_text()
    assert (container.data / TOKEN).stat().st_mode & 0o777 == 0o600


def test_the_server_takes_the_scripts_place_so_that_signals_reach_it(container: Container) -> None:
    process = container.up()
    assert f"pid {process.pid} in {container.release} libraries ./lib" in container.report.read_text()
    assert stopped(process) == 0
    assert container.report.read_text().splitlines()[-1] == "stopped"


def test_its_standard_input_is_open_and_has_nothing_to_read(container: Container) -> None:
    stopped(container.up())
    assert "something to read" not in container.report.read_text()


def test_a_later_start_keeps_what_was_changed_and_renews_the_bridge(container: Container) -> None:
    stopped(container.up())
    token = (container.data / TOKEN).read_text()
    (container.data / CUSTOM_SCRIPTS).write_text("-- the operator's\n")
    container.up()
    assert (container.data / CUSTOM_SCRIPTS).read_text() == '-- the operator\'s\nrequire("timmy_bridge")\n'
    assert (container.data / TOKEN).read_text() == token


def test_settings_come_from_the_environment_and_the_data_folder_is_the_home(container: Container) -> None:
    container.up(TES3MP_NAME="Vvardenfell, ours", TES3MP_PORT="25570", TES3MP_PASSWORD="s3cret")
    assert dict(container.settings["General"]) == {
        "localaddress": "0.0.0.0", "port": "25570", "maximumplayers": "64", "hostname": "Vvardenfell, ours",
        "password": "s3cret",
    }  # fmt: skip
    assert container.settings["Plugins"]["home"] == str(container.data)
    assert container.settings["MasterServer"]["enabled"] == "false"


def test_without_settings_it_is_private_and_has_a_name(container: Container) -> None:
    container.up()
    general = container.settings["General"]
    assert (general["hostname"], general["password"], general["port"]) == ("Timmy's world", "", "25565")


@pytest.mark.parametrize("alive", [True, False])
def test_the_servers_health_check_tells_whether_the_bridge_listens(alive: bool) -> None:
    listener = LuaListener()
    try:
        command = re.search(r'"bash", "-c", "(.*)"\]', (ROOT / "docker" / "compose.yaml").read_text())
        assert command is not None
        port = listener.port if alive else free_port()
        check = subprocess.run(["bash", "-c", command[1].replace("7979", str(port))], capture_output=True, check=False)
        assert (check.returncode == 0) is alive
    finally:
        listener.kill()


def test_a_setting_that_would_be_two_is_refused(container: Container) -> None:
    process = container.start(TES3MP_NAME="ours\n[Plugins]\nhome = /etc")
    output, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 78
    assert "must be one line" in output


def composition() -> Any:
    return yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]


def test_the_composition_is_valid_by_the_specifications_schema() -> None:
    schema = json.loads((ROOT / "tests" / "schemas" / "compose-spec.json").read_text())
    validator = Draft7Validator(schema)
    whole = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
    assert [error.message for error in validator.iter_errors(whole)] == []
    whole["services"]["daemon"]["healthcheck"]["intervals"] = "10s"
    assert not validator.is_valid(whole)


def test_http_is_published_on_the_hosts_loopback_only() -> None:
    settings = load_settings(ROOT / "docker" / "timmy.toml").http
    services = composition()
    assert (settings.enabled, settings.port) == (True, 7980)
    assert services["daemon"]["network_mode"] == "service:server"
    assert [port for port in services["server"]["ports"] if "7980" in port] == ["127.0.0.1:7980:7980"]
    assert settings.token_file.startswith("/data/")
    assert services["daemon"]["volumes"] == services["server"]["volumes"] == ["world:/data"]


@pytest.mark.parametrize("ready", [True, False])
def test_the_daemons_health_check_is_its_readiness(ready: bool) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is missing: apt install curl")
    _, _, *arguments, url = composition()["daemon"]["healthcheck"]["test"]
    with (
        Peer(silent_to=set() if ready else {"hello"}) as peer,
        running(peer.address, http=HttpSettings(enabled=True, port=0)) as runtime,
    ):
        address = up(runtime).url
        local = url.replace("http://127.0.0.1:7980/", address)
        if ready:
            fresh(runtime)
            eventually(
                lambda: subprocess.run([curl, *arguments, local], capture_output=True, check=False).returncode == 0
            )
        else:
            check = subprocess.run([curl, *arguments, local], capture_output=True, text=True, check=False)
            assert check.returncode == 22
            assert "503" in check.stderr


def test_the_daemons_settings_are_valid() -> None:
    settings = load_settings(ROOT / "docker" / "timmy.toml")
    assert not settings.world.embedded
    assert settings.link.token_file == "/data/data/timmy.token"


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
    ignored = (ROOT / ".dockerignore").read_text().split()
    for path in re.findall(r"/usr/src/timmy_actors/(\S+)", dockerfile):
        assert (ROOT / path).exists()
        assert path.split("/")[0] not in ignored


def test_the_lock_has_every_package_that_the_image_installs() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
    (extras,) = re.findall(r"timmy_actors\[([\w,]+)\]", dockerfile)
    lists = [
        setup["options"]["install_requires"],
        *(setup["options.extras_require"][name] for name in extras.split(",")),
    ]
    needed = {re.split(r"[ >=<]", line)[0] for text in lists for line in text.split("\n") if line}
    locked = set(re.findall(r"^([\w-]+)==", (ROOT / "docker" / "requirements.lock").read_text(), re.MULTILINE))
    assert needed - locked == set()
    recipe = re.findall(r"--extra (\w+)", (ROOT / "Makefile").read_text())
    assert recipe == extras.split(",")
