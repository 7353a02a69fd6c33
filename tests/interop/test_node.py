"""The Lua peer against npm's `zeromq`: another language's hands on libzmq, with defaults of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.node import install, need
from tests.link.lua_listener import TOKEN, LuaListener

HERE = Path(__file__).parent
PACKAGE = "zeromq@6"
RUN_WITHIN_S = 60


@pytest.fixture(scope="module")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with npm's package in it."""
    return install(PACKAGE, tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="module")
def listener() -> Iterator[LuaListener]:
    listener = LuaListener(heartbeat_interval_s=0.2, heartbeat_timeout_s=2)
    yield listener
    listener.kill()


def play(folder: Path, listener: LuaListener, script: str) -> list[dict[str, Any]]:
    """What the Node client found, line by line."""
    command = [need("node"), str(HERE / "client.mjs"), str(listener.port), TOKEN, script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_WITHIN_S, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_dealer_is_answered_once_for_each_request_and_in_order(node_folder: Path, listener: LuaListener) -> None:
    welcome, answers = play(node_folder, listener, "dealer")
    assert (welcome["type"], welcome["id"]) == ("welcome", "h")
    assert answers == {"inOrder": True}


def test_a_req_gets_its_answers_and_no_subscription(node_folder: Path, listener: LuaListener) -> None:
    welcome, perception, refused = play(node_folder, listener, "request")
    assert (welcome["type"], perception["type"]) == ("welcome", "perception")
    assert refused["error"]["code"] == "not_permitted"


def test_pushes_come_in_sequence(node_folder: Path, listener: LuaListener) -> None:
    subscribed, *pushes = play(node_folder, listener, "pushes")
    assert subscribed["type"] == "subscribed"
    assert [push["seq"] for push in pushes] == [1, 2, 3, 4, 5]


def test_heartbeats_of_both_sides_keep_a_quiet_link(node_folder: Path, listener: LuaListener) -> None:
    (pong,) = play(node_folder, listener, "quiet")
    assert (pong["type"], pong["id"]) == ("pong", "still here")


def test_a_wrong_token_is_refused(node_folder: Path, listener: LuaListener) -> None:
    (finding,) = play(node_folder, listener, "refused")
    assert finding["refused"].startswith("handshake:error")
