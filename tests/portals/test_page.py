"""The page on portals: its configuration examples are loaded, and its commands and program are run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.cli.test_commands import Output, run
from tests.desktop_control.stage import Screen
from tests.portals.desktops import Desktop, desktop
from timmy_actors.daemon.settings import DesktopSettings, load_settings
from timmy_actors.portals.catalog.catalog import load_catalog
from timmy_actors.portals.tools.tool_tables import load_tables
from timmy_actors.protocol.game_state import ProblemCode
from timmy_actors.system.paths import config_folder

PAGE = (Path(__file__).parents[2] / "docs" / "portals.md").read_text(encoding="utf-8")
NOT_HERE = ("pip", "python3", "timmy-actors run")
"""Commands that install packages or start a second daemon."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


ENTRY, NAMES, SETTINGS, *TABLES = blocks("json")
COMMANDS = [
    shlex.split(line, comments=True)
    for block in blocks("console")
    for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    if not line.startswith(NOT_HERE)
]


def test_the_entry_with_its_names_and_its_settings_file_is_a_portal(tmp_path: Path) -> None:
    entry = {**json.loads(ENTRY), **json.loads(f"{{{NAMES}}}"), **json.loads(f"{{{SETTINGS}}}")}
    file = tmp_path / "portals.json"
    file.write_text(json.dumps({"portals": [entry]}))
    (portal,) = load_catalog(file)
    assert (portal.id, set(portal.actions)) == ("new-game", {"journal", "forward", "shout"})
    assert portal.settings is not None
    assert portal.settings.names["forward"] == "7"


@pytest.mark.parametrize("table", TABLES, ids=["my-server", "computer"])
def test_a_table_of_tools_is_taken(table: str, tmp_path: Path) -> None:
    file = tmp_path / "tools.json"
    file.write_text(table)
    assert set(load_tables(file)) == set(json.loads(table))


@pytest.mark.parametrize("text", blocks("toml"))
def test_a_part_of_a_configuration_is_taken_and_names_tables_that_ship(text: str, tmp_path: Path) -> None:
    file = tmp_path / "timmy.toml"
    file.write_text(text)
    settings = load_settings(file)
    assert {settings.desktop.tools, settings.steam.tools} <= set(load_tables(config_folder() / "portal_tools.json"))


def test_every_code_of_a_problem_is_explained() -> None:
    table = PAGE.split("## What an answer says")[1].split("\n## ")[0]
    rows = [cell for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for cell in re.findall(r"`(\w+)`", row)]
    assert set(rows) == set(get_args(ProblemCode))


@pytest.fixture(scope="module")
def played(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A runtime whose desktop-control uses a screen with a game."""
    folder = tmp_path_factory.mktemp("played")
    game = ("xterm", "-T", "OpenMW", "-geometry", "80x40+40+40", "-e", "cat")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "XDG_RUNTIME_DIR", "HOME"):
            patch.setenv(name, screen.environment[name])
        with screen.program("OpenMW", *game), desktop(folder, command=DesktopSettings().command) as running:
            running.start()
            assert running.runtime.execute("focus_window").success
            yield running


@pytest.fixture(autouse=True)
def reached(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the endpoint of the runtime for commands and programs."""
    if "played" in request.fixturenames:
        monkeypatch.setenv("TIMMY_ENDPOINT", request.getfixturevalue("played").runtime.endpoint)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_of_the_page_does_what_it_is_for(command: list[str], played: Desktop, capsys: Output) -> None:
    program, *arguments = command
    assert program == "timmy-actors"
    status = run(*arguments)
    output = capsys.readouterr()
    # Without Steam, a check reports missing parts and exits with 1.
    assert status in ((0, 1) if arguments[:2] == ["portals", "check"] else (0,)), (output.out, output.err)
    if arguments[:2] == ["portals", "use"]:
        assert run("portals", "use", "morrowind") == 0


def test_the_program_of_the_page_prints_a_picture_and_that_it_was_done(played: Desktop, capsys: Output) -> None:
    (program,) = blocks("python")
    exec(compile(program, "portals.md", "exec"), dict[str, Any](__name__="page"))
    picture, done = capsys.readouterr().out.splitlines()
    assert Path(picture.split()[0]).is_file()
    assert done == "True done None"
