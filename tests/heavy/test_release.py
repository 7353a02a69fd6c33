"""The wheel in empty environments, on each Python of this machine, and with pipx; the list of third parties.

From the wheel alone, in an empty folder: the daemon, the embedded world, the MCP server, and the programs of the pages.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.end_to_end.test_readme import BLOCK
from tests.site.test_tutorial import FILES, PRINTED
from tests.waiting import PATIENCE_S, eventually
from tools import third_party

CHECKOUT = Path(__file__).parents[2]
INSTALLS_WITHIN_S = 1800
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
PROGRAMS = {
    f"{page}, program {number}": program
    for page in ("README.md", "docs/watching.md", "docs/worlds.md", "docs/mcp.md")
    for number, program in enumerate(BLOCK.findall((CHECKOUT / page).read_text(encoding="utf-8")), start=1)
}
OF_A_DAEMON_OF_ITS_OWN = "README.md, program 3"
EXAMPLES = ("wanderer.py", "greet_innkeeper.py")
ZMTP_SIGNATURE = re.compile(rb"\xff.{8}\x7f", re.DOTALL)

pytestmark = pytest.mark.timeout(INSTALLS_WITHIN_S)


def pythons() -> Iterator[str]:
    """The supported versions of Python that are installed here: on the path, or by pyenv."""
    for minor in (11, 12, 13, 14):
        by_pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob(f"3.{minor}.*/bin/python3"))
        on_path = shutil.which(f"python3.{minor}")
        programs = [*map(str, reversed(by_pyenv)), *([on_path] if on_path else [])]
        yield from filter(_can_make_environments, programs[:1])


def _can_make_environments(program: str) -> bool:
    return subprocess.run([program, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout: building leaves its traces beside what it builds."""
    copy = tmp_path_factory.mktemp("release") / "source"
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__"))
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    """The wheel of the checkout."""
    return build_wheel(sys.executable, source, source.parent / "wheel")


def build_wheel(python: str, source: Path, folder: Path) -> Path:
    """Build a wheel from a folder or an sdist."""
    subprocess.run([python, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)], check=True)
    (built,) = folder.glob("*.whl")
    return built


class Installation:
    """What a user runs of an installation, in an empty folder, with a daemon."""

    def __init__(self, programs: Path, folder: Path, *, command: Path | None = None) -> None:
        self.python = programs / "python"
        self.command = command or programs / "timmy-actors"
        self.folder = folder
        self.daemon: DaemonProcess

    def serve(self, *options: str) -> DaemonProcess:
        """A daemon of this installation, to which everything after it speaks."""
        self.daemon = DaemonProcess(self.folder, *options, program=[str(self.command)])
        return self.daemon

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a program: of this installation, and of nothing in the checkout."""
        return os.environ | {"TIMMY_ENDPOINT": self.daemon.endpoint}

    def run(self, *arguments: str) -> str:
        """What `timmy-actors` prints."""
        return self._output(str(self.command), *arguments)

    def run_python(self, *arguments: str, **variables: str) -> str:
        """What a program of Python prints."""
        return self._output(str(self.python), *arguments, **variables)

    def _output(self, *command: str, **variables: str) -> str:
        done = subprocess.run(
            command, env=self.variables | variables, cwd=self.folder, capture_output=True, text=True, check=False,
            timeout=4 * PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout


@pytest.mark.parametrize("python", list(pythons()))
def test_the_wheel_works_in_an_empty_environment(
    python: str, wheel: Path, tmp_path: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = empty_environment(python, tmp_path)
    subprocess.run([programs / "python", *PIP, "install", f"{wheel}[all]"], check=True)
    works(Installation(programs, runtime_folder), monkeypatch)


def test_pipx_installs_it(wheel: Path, tmp_path: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipx = empty_environment(sys.executable, tmp_path)
    subprocess.run([pipx / "python", *PIP, "install", "pipx==1.18.4"], check=True)
    monkeypatch.setenv("PIPX_HOME", str(tmp_path / "pipx"))
    monkeypatch.setenv("PIPX_BIN_DIR", str(tmp_path / "bin"))
    subprocess.run([pipx / "pipx", "install", "--quiet", f"{wheel}[all]"], check=True)
    programs = tmp_path / "pipx" / "venvs" / "timmy-actors" / "bin"
    works(Installation(programs, runtime_folder, command=tmp_path / "bin" / "timmy-actors"), monkeypatch)


def test_the_sdist_builds_the_same_wheel_in_an_empty_environment(source: Path, wheel: Path, tmp_path: Path) -> None:
    programs = empty_environment(sys.executable, tmp_path)
    subprocess.run([programs / "python", *PIP, "install", "build"], check=True)
    subprocess.run([programs / "python", "-m", "build", "--sdist", "--outdir", tmp_path, source], check=True)
    (sdist,) = tmp_path.glob("timmy_actors-*.tar.gz")
    bare = empty_environment(sys.executable, tmp_path / "bare")
    again = build_wheel(str(bare / "python"), sdist, tmp_path / "wheel")
    assert contents(again) == contents(wheel)


def contents(wheel: Path) -> dict[str, int]:
    """The checksums of a wheel's files; its list of them is in another order."""
    with ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist() if not entry.filename.endswith("/RECORD")}


def empty_environment(python: str, folder: Path) -> Path:
    """The folder with the programs of an environment with nothing but pip."""
    subprocess.run([python, "-m", "venv", folder / "env"], check=True)
    return folder / "env" / "bin"


def works(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what a newcomer runs."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with installed.serve() as process:
        process.connect().close()
        assert "-3, -2" in installed.run("do", "teleport", "to=Balmora")
        assert "reach-tradehouse" in installed.run("tasks", "list")
        assert "configuration" in installed.run("doctor")
        answers_an_mcp_client(installed)
        world_listens(installed)
        programs_run(installed)
    policy_plays(installed)


@contextmanager
def running(command: list[str], installed: Installation) -> Iterator[subprocess.Popen[str]]:
    """A program that speaks over stdin and stdout; a test that fails ends it."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=installed.variables, text=True) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def answers_an_mcp_client(installed: Installation) -> None:
    """`timmy-actors mcp` lists its tools, and observes."""
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    with running([str(installed.command), "mcp"], installed) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server_info = ask(server.stdin, server.stdout, 1, "initialize", client)["serverInfo"]
        print('{"jsonrpc": "2.0", "method": "notifications/initialized"}', file=server.stdin, flush=True)
        tools = ask(server.stdin, server.stdout, 2, "tools/list", {})["tools"]
        observed = ask(server.stdin, server.stdout, 3, "tools/call", {"name": "observe", "arguments": {}})
        server.stdin.close()
    assert server_info["name"] == "timmy-actors"
    assert {"observe", "act", "speak", "wait_until", "command"} <= {tool["name"] for tool in tools}
    assert observed["structuredContent"]["position"]["place"] == "Balmora"
    assert server.returncode == 0


def ask(requests: IO[str], answers: IO[str], number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The result of a request over JSON-RPC."""
    print(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}), file=requests, flush=True)
    while (answer := json.loads(answers.readline())).get("id") != number:
        pass  # a notification
    result: dict[str, Any] = answer["result"]
    return result


def world_listens(installed: Installation) -> None:
    """`timmy-actors world` speaks ZMTP on the port that it prints, until Ctrl-C."""
    token = installed.folder / "world.token"
    token.write_text("a-token-of-sixteen-characters")
    token.chmod(0o600)
    command = [str(installed.command), "world", "--token-file", str(token)]
    with running(command, installed) as world:
        assert world.stdout is not None
        port = json.loads(world.stdout.readline())["port"]
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            assert ZMTP_SIGNATURE.match(connection.recv(10, socket.MSG_WAITALL))
        world.send_signal(signal.SIGINT)
        world.communicate(timeout=PATIENCE_S)
    assert world.returncode == 0


def programs_run(installed: Installation) -> None:
    """The programs of the pages, and the examples that they name."""
    for name, program in PROGRAMS.items():
        own = {"TIMMY_ENDPOINT": f"ipc://{installed.folder}/own.sock"} if name == OF_A_DAEMON_OF_ITS_OWN else {}
        installed.run_python("-c", program, **own)
    for example in EXAMPLES:
        shutil.copy(CHECKOUT / "examples" / example, installed.folder)
        assert installed.run_python(example)


def policy_plays(installed: Installation) -> None:
    """The tutorial's agent, and its policy."""
    for name, text in FILES:
        (installed.folder / name).write_text(text)
    with (installed.folder / "timmy.toml").open("a") as file:
        file.write('port = 0\n\n[recording]\nfolder = "episodes"\n\n[journal]\nfile = "tutorial.journal"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIMMY_CONFIG", "timmy.toml")
        with installed.serve("--config", "timmy.toml") as process:
            process.connect().close()
            assert installed.run_python("agent.py") == PRINTED[0]
            installed.run("heartbeat", "start")
            eventually(lambda: "success" in installed.run("episodes", "list"))


def test_the_list_of_third_parties_is_that_of_this_environment() -> None:
    listed = (CHECKOUT / "THIRD-PARTY.md").read_text(encoding="utf-8")
    assert _names(listed) == _names(third_party.current())


def _names(page: str) -> list[str]:
    return [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| ")]
