from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.catalog import load_catalog
from timmy_actors.portals.catalog.prompts import Prompts, load_prompts
from timmy_actors.protocol import PortalEntry
from timmy_actors.system import config_folder, training_folder

PORTALS = {portal.id: portal for portal in load_catalog(config_folder() / "portals.json")}


def shipped(portal: str) -> Prompts:
    prompts = load_prompts(PORTALS[portal])
    assert prompts is not None
    return prompts


@pytest.mark.parametrize(
    ("portal", "thought"),
    [
        ("bannerlord", "My army is near Vlandia, I should move toward the objective."),
        ("morrowind", "I see Balmora ahead, I should follow the road north."),
    ],
)
def test_the_prompts_that_ship_hold_the_specs_decisions(portal: str, thought: str) -> None:
    prompts = shipped(portal)
    assert thought in [decision.think for decision in prompts.decisions]
    assert len(prompts.decisions) >= 8
    assert len(prompts.scenes) >= 4


@pytest.mark.parametrize("portal", PORTALS)
def test_every_named_action_of_the_prompts_is_the_portals_own(portal: str) -> None:
    assert {each.name for each in shipped(portal).actions} <= PORTALS[portal].actions.keys()


def changed(tmp_path: Path, **changes: object) -> PortalEntry:
    document = yaml.safe_load((training_folder() / "data" / "prompts_morrowind.yaml").read_text())
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**document, **changes}))
    return PORTALS["morrowind"].model_copy(update={"prompts": "mine.yaml"})


def decision(**action: object) -> dict[str, object]:
    return {"decisions": [{"see": "a", "think": "b", "action": action}]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"portal": "bannerlord"}, "these are the prompts of 'bannerlord', not of 'morrowind'"),
        ({"colour": 1}, "colour: "),
        ({"decisions": []}, "decisions: "),
        ({"actions": [{"name": "fly", "use": "never"}]}, "actions.0: no action 'fly'"),
        (
            {"decisions": [{"see": "a", "think": "b", "action": {"action": "click", "params": {"x": 1}}}]},
            "decisions.0: ",
        ),
        ({"decisions": [{"see": "a", "think": "b", "action": {"action": "dance"}}]}, "decisions.0: no action 'dance'"),
    ],
)
def test_wrong_prompts_are_reported_with_their_field(tmp_path: Path, changes: dict[str, object], expected: str) -> None:
    entry = changed(tmp_path, **changes)
    with pytest.raises(ConfigError) as error:
        load_prompts(entry, tmp_path)
    assert expected in str(error.value)


@pytest.mark.parametrize("content", ["a: [", "\t", "&a [*a", "!!python/object:os.system {}", "[" * 5_000])
def test_what_is_no_yaml_is_reported(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.yaml").write_text(content)
    entry = PORTALS["morrowind"].model_copy(update={"prompts": "mine.yaml"})
    with pytest.raises(ConfigError, match=r"mine\.yaml"):
        load_prompts(entry, tmp_path)


def test_a_portal_may_have_none() -> None:
    assert load_prompts(PORTALS["morrowind"].model_copy(update={"prompts": None})) is None
