from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.portals.catalog.test_catalog import ENTRY
from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.catalog import CatalogFile, load_catalog
from timmy_actors.portals.catalog.json_lines import line_of
from timmy_actors.system import config_folder
from tools.portal_schema import catalog_schema


def write(file: Path, *entries: dict[str, Any]) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({"portals": entries}, indent=1))
    fresh.replace(file)  # as editors do


def test_an_edit_is_active_after_the_next_reload(tmp_path: Path) -> None:
    file = tmp_path / "portals.json"
    write(file, ENTRY)
    catalog = CatalogFile(file)
    assert not catalog.reload()
    write(file, ENTRY, {**ENTRY, "id": "second"})
    assert catalog.reload()
    assert [portal.id for portal in catalog.portals] == ["game", "second"]


def test_a_wrong_edit_is_refused_with_its_line_and_the_old_one_stays(tmp_path: Path) -> None:
    file = tmp_path / "portals.json"
    write(file, ENTRY)
    catalog = CatalogFile(file)
    write(file, {**ENTRY, "app_id": "5"})
    assert catalog.reload()
    assert catalog.error is not None
    assert ", line 7: portal 1 (game): app_id: must be a whole number" in catalog.error
    assert [portal.app_id for portal in catalog.portals] == [1]
    write(file, {**ENTRY, "app_id": 5})
    assert catalog.reload()
    fresh = CatalogFile(file)
    assert (fresh.portals, fresh.error) == (catalog.portals, None)
    assert catalog.portals[0].app_id == 5


def test_a_file_that_vanishes_changes_nothing_but_the_error(tmp_path: Path) -> None:
    file = tmp_path / "portals.json"
    write(file, ENTRY)
    catalog = CatalogFile(file)
    file.unlink()
    assert catalog.reload()
    assert catalog.error is not None
    assert "cannot read the portal catalog" in catalog.error
    assert len(catalog.portals) == 1


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ({"jump": {"action": "leap"}}, "actions.jump: no action 'leap'"),
        ({"jump": {"action": "press_key"}}, "actions.jump: press_key: key: is required"),
        ({"jump": [{"action": "press_key", "params": {"key": "e", "twice": 1}}]}, "twice: is no parameter"),
        ({"Jump!": {"action": "click"}}, "actions"),
    ],
)
def test_a_games_name_for_what_cannot_be_done_is_refused_with_its_line(
    tmp_path: Path, actions: dict[str, Any], expected: str
) -> None:
    file = tmp_path / "portals.json"
    write(file, ENTRY, {**ENTRY, "id": "second", "actions": actions})
    with pytest.raises(ConfigError) as error:
        load_catalog(file)
    assert expected in str(error.value)
    assert ", line 2" in str(error.value)
    assert ": portal 2 (second): " in str(error.value)


def test_an_object_may_hold_nothing_but_portals_and_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "portals.json"
    file.write_text('{\n "portals": [],\n "portal": 1\n}')
    with pytest.raises(ConfigError, match='line 3: portal: no such key; there are: "\\$schema" and "portals"'):
        load_catalog(file)


def test_the_schema_that_ships_is_the_one_that_holds_and_the_catalog_meets_it() -> None:
    shipped = json.loads((config_folder() / "portals.schema.json").read_text())
    assert shipped == catalog_schema()
    jsonschema.validate(json.loads((config_folder() / "portals.json").read_text()), shipped)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 2), (("a", "b"), 3), (("a", "b", 0), 4), (("a", "b", 1), 5), (("a", "b", 1, "c"), 6),
        (("a", "b", 1, "nowhere"), 5), (("d",), 9), (("nowhere",), 1),
    ],
)  # fmt: skip
def test_a_value_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    text = '{\n "a": {\n  "b": [\n   1,\n   {\n    "c": "x, \\"]}"\n   }]\n },\n "d": null\n}'
    json.loads(text)
    assert line_of(text, path) == line


def test_a_catalog_that_became_a_fifo_does_not_block(tmp_path: Path) -> None:
    file = tmp_path / "portals.json"
    write(file, ENTRY)
    catalog = CatalogFile(file)
    file.unlink()
    os.mkfifo(file)
    assert catalog.reload()
    assert "it is no longer a regular file" in str(catalog.error)
    assert [portal.id for portal in catalog.portals] == ["game"]
