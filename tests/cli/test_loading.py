"""The modules that a start loads; `make bench cli` measures how long that takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import click
import pytest

from timmy_actors.cli.root import COMMANDS, cli

LOADED = "import sys; {program}; print(*sys.modules, file=sys.stderr)"


def loaded_by(program: str, *arguments: str) -> set[str]:
    """The modules that a program has loaded when it ends."""
    command = [sys.executable, "-c", LOADED.format(program=program), *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stderr.split())


def test_a_client_loads_neither_asyncio_nor_a_model_of_a_command_an_action_an_event_or_an_answer() -> None:
    modules = loaded_by("from timmy_actors import connect")
    assert "timmy_actors.client.connection" in modules
    unused = ("action", "answer", "commands", "events", "game_state", "message", "perception", "portal")
    assert not {"asyncio", *(f"timmy_actors.protocol.{name}" for name in unused)} & modules


def test_the_mcp_server_loads_no_model_of_a_command_before_it_is_needed() -> None:
    pytest.importorskip("mcp")
    modules = loaded_by("import timmy_actors.mcp_server.transports")
    assert "timmy_actors.mcp_server.tools" in modules
    assert not {"timmy_actors.protocol.commands", "timmy_actors.worlds.interface"} & modules


def test_help_loads_neither_pydantic_nor_zmq_nor_a_command() -> None:
    program = "import atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    modules = loaded_by(f"{program}; from timmy_actors.cli import main; main(['--help'])")
    assert "timmy_actors.cli.root" in modules
    assert not {"pydantic", "zmq", *(f"timmy_actors.cli.{row.module}" for row in COMMANDS.values())} & modules


def test_status_loads_nothing_of_the_daemon_and_the_models_of_its_answer_only() -> None:
    modules = loaded_by("import timmy_actors.cli.health, timmy_actors.protocol as p; p.answer_model('status')")
    assert "timmy_actors.protocol.health" in modules
    assert not {"pykka", "timmy_actors.daemon.runtime"} & modules
    unused = ("action", "answer", "commands", "events", "game_data", "game_state", "message", "perception", "portal")
    assert not {f"timmy_actors.protocol.{name}" for name in unused} & modules


def test_the_daemon_loads_commands_and_events_with_itself() -> None:
    assert {"timmy_actors.protocol.commands", "timmy_actors.protocol.events"} <= loaded_by(
        "import timmy_actors.daemon.runtime"
    )


def test_a_daemon_loads_no_part_that_is_not_enabled() -> None:
    modules = loaded_by("import timmy_actors.daemon.runtime")
    parts = ("heartbeat.actor", "player_client.actor", "gamedata.actor", "recording.reader", "serving.http.server")
    assert not {f"timmy_actors.{part}" for part in parts} & modules


@pytest.mark.parametrize("name", COMMANDS)
def test_the_groups_help_has_each_commands_own_summary(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=200) == COMMANDS[name].short_help


def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "timmy_actors", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = run(["statsu"])
    assert (done.returncode, "No such command 'statsu'" in done.stderr) == (2, True)
