from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.catalog import check_world, choose, load_catalog
from timmy_actors.system import config_folder
from timmy_actors.system.text_files import MAX_FILE_BYTES

ENTRY: dict[str, Any] = {
    "id": "game", "name": "Game", "description": "", "app_id": 1, "window_title": "Game",
    "destination": {"type": "harness"},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "portals.json"


def complaint(file: Path, content: str | bytes) -> str:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as error:
        load_catalog(file)
    message = str(error.value)
    assert message.startswith(str(file))
    assert "\n" not in message
    return message


def test_what_ships_has_morrowind_and_bannerlord() -> None:
    portals = {portal.id: portal for portal in load_catalog(config_folder() / "portals.json")}
    assert set(portals) == {"morrowind", "bannerlord"}
    assert portals["bannerlord"].app_id == 261550
    assert portals["morrowind"].destination.type == "harness"


def test_an_entry_may_say_only_what_it_must(file: Path) -> None:
    file.write_text(json.dumps([ENTRY]))
    (portal,) = load_catalog(file)
    assert (portal.status, portal.pixels, portal.log_file) == ("offline", (), None)


@pytest.mark.parametrize(
    ("written", "read"),
    [("game.log", "{folder}/game.log"), ("/var/game.log", "/var/game.log"), ("~/game.log", "~/game.log")],
)
def test_a_games_log_is_looked_for_beside_the_catalog(file: Path, written: str, read: str) -> None:
    file.write_text(json.dumps([{**ENTRY, "log_file": written}]))
    (portal,) = load_catalog(file)
    assert portal.log_file == read.format(folder=file.parent)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "Not An Id"}, "portal 1 (Not An Id): id: "),
        ({"app_id": "261550"}, "portal 1 (game): app_id: "),
        ({"app_id": -1}, "portal 1 (game): app_id: "),
        ({"colour": "red"}, "portal 1 (game): colour: "),
        ({"destination": "harness"}, "portal 1 (game): destination: "),
        ({"destination": {"type": "harness", "extra": 1}}, "portal 1 (game): destination.extra: "),
        ({"window_title": 5}, "portal 1 (game): window_title"),
        ({"status": "broken"}, "portal 1 (game): status: "),
        ({"name": None}, "portal 1 (game): name: "),
        ({"pixels": [[1]]}, "portal 1 (game): pixels.0"),
        ({"actions": {"dance": 9 * [{"action": "release_all"}]}}, "portal 1 (game): actions.dance"),
        ({"after_failure": {"dance": 9 * [{"action": "release_all"}]}}, "portal 1 (game): after_failure.dance"),
    ],
)
def test_a_wrong_entry_is_named_with_its_field(file: Path, changes: dict[str, Any], expected: str) -> None:
    assert expected in complaint(file, json.dumps([{**ENTRY, **changes}]))


STEP = '{"action": "press_key", "params": {"key": "e"}}'
READ = '"file": "~/game.cfg", "regex": ["^{}=(.*)$"], "keys": {"E": "e"}'


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('"notes": {\n"jump": "",\n"jmup": ""}', 5, "notes.jmup: no such name in actions; there are: jump"),
        (f'"after_failure": {{\n"jmup": [{STEP}]}}', 4, "after_failure.jmup: no such name in actions"),
        (f'"settings": {{{READ},\n"names": {{\n"jmup": "Jump"}}}}', 5, "settings.names.jmup: no such name in actions"),
        ('"after_failure": {\n"jump": [{"action": "jmup"}]}', 4, "after_failure.jump: no action 'jmup'"),
        (
            f'"after_failure": {{\n"jump": [{STEP}, {{"action": "press_key"}}]}}',
            4,
            "after_failure.jump: press_key: key",
        ),
    ],
)
def test_a_wrong_name_beside_the_actions_is_named_with_its_line(
    file: Path, text: str, line: int, expected: str
) -> None:
    entry = json.dumps(ENTRY).removesuffix("}")
    message = complaint(file, f'[{entry},\n"actions": {{"jump": {STEP}}},\n{text}}}]')
    assert message.startswith(f"{file}, line {line}: portal 1 (game): {expected}")


def test_a_missing_field_is_named_with_the_entrys_number(file: Path) -> None:
    second = {key: value for key, value in ENTRY.items() if key != "app_id"} | {"id": "other"}
    assert "portal 2 (other): app_id: is required" in complaint(file, json.dumps([ENTRY, second]))


@pytest.mark.parametrize("entry", [None, 5, "game", []])
def test_an_entry_that_is_no_object_is_named_by_its_number(file: Path, entry: Any) -> None:
    assert "portal 1 (?)" in complaint(file, json.dumps([entry]))


def test_a_mistake_in_the_json_is_named_with_its_line(file: Path) -> None:
    assert "line 3: " in complaint(file, "[\n  {},\n  oops\n]")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{}", "must be a list of portals"),
        ("", "line 1"),
        (b"\xff\xff", "not UTF-8"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[" + "9" * 5_000 + "]", "cannot be read as JSON"),
        ("[" + " " * MAX_FILE_BYTES + "]", "larger than"),
    ],
    ids=["object", "empty", "not UTF-8", "deep", "huge number", "huge"],
)
def test_what_is_no_catalog_is_reported_as_such(file: Path, content: str | bytes, expected: str) -> None:
    assert expected in complaint(file, content)


def test_two_portals_of_one_name_are_refused(file: Path) -> None:
    assert "two portals have the id 'game'" in complaint(file, json.dumps([ENTRY, ENTRY]))


def test_choosing_finds_by_id_and_else_names_what_there_is(file: Path) -> None:
    file.write_text(json.dumps([ENTRY, {**ENTRY, "id": "other"}]))
    portals = load_catalog(file)
    assert choose(portals, "other", file).id == "other"
    with pytest.raises(ConfigError, match=r"portals\.json: no portal 'third'; there are: game, other\."):
        choose(portals, "third", file)


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    with pytest.raises(ConfigError, match="larger than"):
        load_catalog(Path("/dev/zero"))


def test_the_world_of_a_harness_must_be_configured(file: Path) -> None:
    harness = {"type": "harness", "params": {"world": "vvardenfell"}}
    file.write_text(json.dumps({"portals": [{**ENTRY, "destination": harness}]}, indent=2))
    assert check_world(file, "game", {"vvardenfell"}) == "vvardenfell"
    with pytest.raises(ConfigError) as error:
        check_world(file, "game", {"calradia"})
    line = 1 + file.read_text().splitlines().index('          "world": "vvardenfell"')
    assert str(error.value).startswith(
        f"{file}, line {line}: portal game: destination.params.world: no world 'vvardenfell'; there are: calradia."
    )


def test_a_destination_of_another_type_names_no_world(file: Path) -> None:
    file.write_text(json.dumps([{**ENTRY, "destination": {"type": "elsewhere"}}]))
    assert check_world(file, "game", ()) is None


def test_a_harness_without_a_world_is_refused_with_its_line(file: Path) -> None:
    file.write_text(json.dumps([ENTRY]))
    with pytest.raises(ConfigError, match=r"line 1: portal game: .*no world None; there are: none"):
        check_world(file, "game", ())
