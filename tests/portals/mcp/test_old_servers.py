"""Servers on SDK 1.x, the SDK of most existing servers, each in its own environment."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.portals.environments import STEAM_INFO, environment
from tests.portals.sessions import SERVERS, error_of, opened, value
from timmy_actors.errors import ServerHungError
from timmy_actors.portals.tools.results import ToolAnswer

pytestmark = pytest.mark.timeout(420)


@pytest.fixture
def old() -> tuple[str, ...]:
    return (str(environment(*STEAM_INFO) / "python"), str(SERVERS / "tiny_v1.py"))


@pytest.mark.parametrize("protocol", ["auto", "legacy"])
def test_a_server_on_sdk_1_is_understood(old: tuple[str, ...], protocol: str, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG and so on")
    with opened(old, protocol=protocol) as server:
        assert (server.connected().protocol, value(server.ask("echo", text="hello"))) == ("2025-11-25", "hello")
        assert value(server.ask("pair")) == (1920, 1080)
        assert value(server.ask("said")) == {"n": 5}
        assert value(server.ask("refuse")) is False
        shown = server.ask("picture", file=str(file))
        assert isinstance(shown, ToolAnswer)
        assert shown.images[0].data == b"\x89PNG and so on"
        assert "Unknown tool" in error_of(server.ask("nothing")).message


def test_a_busy_server_on_sdk_1_is_not_taken_for_a_hung_one(old: tuple[str, ...]) -> None:
    with opened(old, probe_timeout_s=5.0) as server:
        server.connected()
        assert error_of(server.ask("slow", 0.2, seconds=1.5)).code == "outcome_unknown"
        assert value(server.ask("echo", text="hello")) == "hello"


def test_a_frozen_server_on_sdk_1_is_killed(old: tuple[str, ...]) -> None:
    with opened(old, probe_interval_s=0.2, probe_timeout_s=0.5) as server:
        pid = server.connected().pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        assert isinstance(server.over(), ServerHungError)
