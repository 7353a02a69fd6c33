"""The server through other clients: the TypeScript SDK 1.32.2, the Python SDK 1.30.0, fastmcp 4.2.3, and ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.desktop_control.stage import MODULE, Screen, Server, Xev
from tests.portals.environments import FASTMCP, PYTHON_SDK_1, TYPESCRIPT_SDK, environment, node_environment
from timmy_actors.desktop_control.reasons import ERROR_META

CLIENTS = Path(__file__).with_name("clients")
RUN_WITHIN_S = 120
READ_AS_JSON = ["null", "[]", "[1]", "{}", " null "]
"""Texts that a library which guesses at JSON takes for something else."""

pytestmark = pytest.mark.timeout(420)


def typescript() -> tuple[list[str], Path]:
    """How the client is run, and where."""
    return ["node", str(CLIENTS / "typescript.mjs")], node_environment(*TYPESCRIPT_SDK)


def python_sdk_1() -> tuple[list[str], Path]:
    """The same for the Python SDK 1.x."""
    return [str(environment(*PYTHON_SDK_1) / "python"), str(CLIENTS / "python_sdk_1.py")], CLIENTS


def fastmcp() -> tuple[list[str], Path]:
    """The same for fastmcp."""
    return [str(environment(*FASTMCP) / "python"), str(CLIENTS / "fastmcp_client.py")], CLIENTS


@dataclass
class Foreign:
    """Another client, and a screen for the server that it starts."""

    command: list[str]
    folder: Path
    screen: Screen

    def calls(self, *calls: tuple[str, dict[str, Any]], **variables: str) -> list[dict[str, Any]]:
        """What calls of tools give, one after the other; nothing but the protocol may have reached the client."""
        server = [sys.executable, "-m", MODULE, "--captures", str(self.screen.folder / "foreign")]
        done = subprocess.run(
            [*self.command, *server],
            input=json.dumps(calls),
            env={**self.screen.environment, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=RUN_WITHIN_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        assert told["stray"] == []
        results: list[dict[str, Any]] = told["results"]
        return results


@pytest.fixture(params=[typescript, python_sdk_1, fastmcp])
def foreign(request: pytest.FixtureRequest, screen: Screen) -> Foreign:
    """Each of the clients."""
    start: Callable[[], tuple[list[str], Path]] = request.param
    return Foreign(*start(), screen)


def codes(results: Sequence[dict[str, Any]]) -> list[str]:
    """The codes of refused calls."""
    assert all(result.get("is_error") for result in results), results
    return [result["meta"][ERROR_META]["code"] for result in results]


def test_an_error_keeps_its_code_and_a_success_its_structure(foreign: Foreign) -> None:
    size, *refused = foreign.calls(
        ("get_screen_size", {}),
        ("click", {"x": 1, "y": 1, "window_title": "nowhere"}),
        ("press_key", {"key": "no such key"}),
        ("take_screenshot", {"filename": "../up.png"}),
        ("take_screenshot", {"quality": 1000}),
        ("focus_window", {"title": "nowhere", "unknown": 1}),
    )
    assert (size["is_error"], size["structured"]) == (False, {"width": 1280, "height": 800})
    expected = ["window_not_found", "unknown_key", "bad_filename", "bad_arguments", "bad_arguments"]
    assert codes(refused) == expected
    for code, result in zip(expected, refused, strict=True):
        assert result["text"].startswith(f"{code}: ")
        assert result["structured"] is None


def test_a_text_arrives_as_it_was_sent(foreign: Foreign) -> None:
    aimed = [("press_key", {"key": "a", "window_title": text}) for text in READ_AS_JSON]
    named = [("take_screenshot", {"filename": text}) for text in READ_AS_JSON]
    sized = [("take_screenshot", {"format": "null"}), ("click", {"x": "null", "y": "null"})]
    results = foreign.calls(*aimed, *named, *sized)
    assert codes(results) == ["window_not_found"] * 5 + ["bad_filename"] * 5 + ["bad_arguments"] * 2
    for text, result in zip(READ_AS_JSON, results, strict=False):
        assert repr(text) in result["text"]


def test_what_a_library_prints_does_not_reach_the_client(foreign: Foreign, tmp_path: Path) -> None:
    # python-xlib 0.33 prints a warning on standard output for an X authority file that is empty.
    empty = tmp_path / "Xauthority"
    empty.touch()
    (size,) = foreign.calls(("get_screen_size", {}), XAUTHORITY=str(empty), PYTHONUNBUFFERED="1")
    assert size["structured"] == {"width": 1280, "height": 800}


def test_standard_output_holds_messages_only(screen: Screen, tmp_path: Path) -> None:
    empty = tmp_path / "Xauthority"
    empty.touch()
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "raw", "version": "1"},
        },
    }
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE],
        env={**screen.environment, "XAUTHORITY": str(empty), "PYTHONUNBUFFERED": "1"},
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(hello).encode() + b"\n")
        process.stdin.flush()
        first = process.stdout.readline()
        said, log = process.communicate(timeout=RUN_WITHIN_S)
    assert json.loads(first)["id"] == 1
    assert said == b""
    assert b"xauth" in log


def test_a_window_called_null_is_that_window(screen: Screen, server: Server) -> None:
    with screen.program("null", "xterm", "-T", "null", "-geometry", "40x10+300+300"), Xev(screen).shown():
        assert server.do("get_screen_size", window_title="null") != server.do("get_screen_size")
        assert server.refusal("press_key", key="a", window_title="null") == "not_focused"
        assert server.do("focus_window", title="null")["title"] == "null"


def test_a_list_that_a_client_sends_as_a_text_is_a_list(server: Server) -> None:
    assert server.do("move_to", x=5, y=5, image_size="[640, 400]")["x"] == 11
