"""The embedded world as a process: how it starts and ends, and that the real bridge answers in it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest
import zmq

from tests.end_to_end.daemon import is_running
from tests.waiting import eventually
from timmy_actors.embedded.world import Loop

pytest.importorskip("lupa.luajit21")

TOKEN = "a-token-for-the-tests-only"
WAIT_S = 20
WAIT_MS = WAIT_S * 1000


class Process:
    """A world process with a lifeline, its ready line read."""

    def __init__(self, *arguments: str, code: str | None = None) -> None:
        watched, self.lifeline = os.pipe()
        program = ["-c", code] if code else ["-m", "timmy_actors.embedded"]
        self._process = subprocess.Popen(
            [sys.executable, *program, "--lifeline", str(watched), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(watched,),
            text=True,
            errors="surrogateescape",
        )
        os.close(watched)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.ready: dict[str, Any] = json.loads(line) if line else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def cut(self) -> None:
        """Close the lifeline, as a dead daemon does."""
        if self.lifeline >= 0:
            os.close(self.lifeline)
            self.lifeline = -1

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Wait for the process to end; its return code and log."""
        _, log = self._process.communicate(timeout=WAIT_S)
        return self._process.returncode, log


class Client:
    """A plain DEALER socket that speaks the protocol."""

    def __init__(self, port: int) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.PLAIN_USERNAME, b"timmy")
        self._socket.setsockopt(zmq.PLAIN_PASSWORD, TOKEN.encode())
        self._socket.connect(f"tcp://127.0.0.1:{port}")
        self._last = 0
        self.welcome = self.ask(type="hello", protocol=1, client="test")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def ask(self, **message: Any) -> dict[str, Any]:
        self._last += 1
        identity = str(self._last)
        self._socket.send_json({**message, "id": identity})
        while True:
            assert self._socket.poll(WAIT_MS), f"no answer to {message}"
            answer: dict[str, Any] = json.loads(self._socket.recv())
            if answer.get("id") == identity:
                return answer

    def observe(self, *sections: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(type="observe", player="Timmy", sections=sections)["sections"]
        return answer

    def command(self, name: str, **arguments: Any) -> dict[str, Any]:
        deadline = self.welcome["now"] + WAIT_MS
        return self.ask(type="command", name=name, arguments=arguments, deadline=deadline)


@pytest.fixture
def token(tmp_path: Path) -> str:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(TOKEN)
    return str(file)


def test_the_ready_line_says_where_it_listens(token: str) -> None:
    with Process("--token-file", token) as world:
        assert world.ready["ready"] is True
        assert world.ready["port"] > 0
        with Client(world.ready["port"]) as client:
            assert client.welcome["boot"] == world.ready["boot"]


def test_timmy_can_be_seen_and_sent_to_balmora(token: str) -> None:
    with Process("--token-file", token) as world, Client(world.ready["port"]) as client:
        assert client.observe("position")["position"]["cell"] == "-2, -9"
        assert client.observe("nearby_actors")["nearby_actors"]["actors"]
        assert "value" in client.command("teleport", player="Timmy", to="Balmora")
        target = {"cell": "-3, -2", "x": -23894, "y": -15079}
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1] != target or len(seen) < 2:
            position = client.observe("position")["position"]
            seen.append({key: position[key] for key in target})
        assert all(place["cell"] == "-3, -2" for place in seen)


def test_the_cut_lifeline_ends_it(token: str) -> None:
    with Process("--token-file", token) as world:
        world.cut()
        assert world.end()[0] == 0


STARTER = """
import subprocess, sys

command = [sys.executable, "-m", "timmy_actors.embedded", "--lifeline", *sys.argv[1:]]
world = subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=(int(sys.argv[1]),))
world.stdout.readline()
print(world.pid, flush=True)
sys.stdin.read()
"""
"""Starts a world and waits."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills a child with its parent")
def test_a_stopped_one_ends_with_the_process_that_started_it_though_its_lifeline_holds(token: str) -> None:
    watched, lifeline = os.pipe()
    arguments = [sys.executable, "-c", STARTER, str(watched), "--token-file", token]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, pass_fds=(watched,), stdin=pipe, stdout=pipe) as starter:
        assert starter.stdout is not None
        world = int(starter.stdout.readline())
        os.kill(world, signal.SIGSTOP)
        starter.kill()
    try:
        eventually(lambda: not is_running(world), WAIT_S)
    finally:
        os.close(lifeline)
        os.close(watched)


def test_one_that_was_started_by_a_process_that_is_gone_ends_at_once(token: str) -> None:
    watched, lifeline = os.pipe()
    os.close(lifeline)
    arguments = [sys.executable, "-m", "timmy_actors.embedded", "--lifeline", str(watched), "--token-file", token]
    done = subprocess.run(arguments, pass_fds=(watched,), capture_output=True, timeout=WAIT_S, check=True)
    os.close(watched)
    assert done.stdout == b""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(token: str, number: signal.Signals) -> None:
    with Process("--token-file", token) as world:
        world.signal(number)
        assert world.end()[0] == 0


def test_a_port_in_use_is_reported_with_exit_code_78(token: str) -> None:
    with Process("--token-file", token) as first:
        port = str(first.ready["port"])
        with Process("--token-file", token, "--port", port) as second:
            code, log = second.end()
        assert second.ready == {}
        assert code == os.EX_CONFIG
        assert port in log


def test_a_missing_token_is_reported_with_exit_code_78(tmp_path: Path) -> None:
    with Process("--token-file", str(tmp_path / "none")) as world:
        code, log = world.end()
        assert code == os.EX_CONFIG
        assert "token_file" in log


WRONG_CALL = """
import json, pathlib, sys, tempfile
from timmy_actors.embedded import world
from timmy_actors.embedded.__main__ import main
from timmy_actors.embedded.settings import parse

probe = {"name": "Probe", "category": "Probes", "params": [{"name": "words", "type": "string"}], "returns": None}
with tempfile.TemporaryDirectory() as folder:
    declared = pathlib.Path(folder, "api.json")
    declared.write_text(json.dumps([*json.loads(world.API.read_text()), probe]))
    world.API = declared
    world.World.tick = lambda self: self._lua.execute("pcall(tes3mp.Probe, nil)")
    sys.exit(main(parse()))
"""
"""A world whose server has one more function, which a script calls with an invalid argument."""


def test_a_call_whose_preconditions_do_not_hold_aborts_it_and_says_why(token: str) -> None:
    with Process("--token-file", token, code=WRONG_CALL) as world:
        code, log = world.end()
        assert code == -signal.SIGABRT
        assert "precondition of Probe not met: argument 'words' must be string, got nil" in log


SPEAKS_WINDOWS = """
import sys
from timmy_actors.embedded.__main__ import main
from timmy_actors.embedded.settings import parse
from timmy_actors.embedded.world import World

SCRIPTS = {
    "logs": r"tes3mp.LogMessage(1, 'Caf\\233 Sol') tes3mp.LogAppend(1, 'd\\233j\\224') tes3mp.StopServer(0)",
    "is survived": r"tes3mp.SetScriptErrorIgnoringState(true)"
    r" customEventHooks.registerHandler('OnPlayerSendMessage', function() error('Caf\\233 Sol') end)"
    r" require('simulator.host').chat(0, 'hi') tes3mp.StopServer(0)",
    "dies": r"customEventHooks.registerHandler('OnPlayerSendMessage', function() error('Caf\\233 Sol') end)"
    r" require('simulator.host').chat(0, 'hi')",
}
before = World.tick


def tick(self):
    self._lua.execute(SCRIPTS[KIND])
    return before(self)


World.tick = tick
sys.exit(main(parse()))
"""


@pytest.mark.parametrize(("kind", "end"), [("logs", 0), ("is survived", 0), ("dies", -signal.SIGABRT)])
def test_a_scripts_own_bytes_are_logged_as_they_are(token: str, kind: str, end: int) -> None:
    program = f"KIND = {kind!r}\n{SPEAKS_WINDOWS}"
    with Process("--token-file", token, code=program) as world:
        code, log = world.end()
    assert (code, b"Caf\xe9 Sol" in log.encode(errors="surrogateescape")) == (end, True), log


def test_the_loop_ends_when_a_script_stops_the_server() -> None:
    turns = iter([True, True, False])
    Loop(lambda: next(turns), lambda _: None, None).run()
    assert list(turns) == []


def test_a_tick_that_blocks_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.049, 1.0, 1.051])
    turns = iter([True, True, False])
    lines: list[str] = []
    monkeypatch.setattr("timmy_actors.embedded.world.time.monotonic", lambda: next(times, 2.0))
    Loop(lambda: next(turns), lines.append, None).run()
    assert lines == ["[WARN] blocking call: a tick took 51 ms, which stopped the game for as long"]
