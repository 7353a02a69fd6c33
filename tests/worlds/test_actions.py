from __future__ import annotations

import inspect
from typing import Any

import pytest

from timmy_actors import RefusedError
from timmy_actors.protocol import COMMANDS, Action
from timmy_actors.protocol.commands import client_input
from timmy_actors.worlds import TYPED_ACTION, Take, Turn, Walk, parse_typed


def test_a_typed_action_is_the_action_by_name() -> None:
    assert Walk(seconds=2).as_action() == Action(action="walk", params={"direction": "forward", "seconds": 2.0})
    assert parse_typed({"action": "take", "unique_index": "1-0"}) == Take(unique_index="1-0")


def test_the_union_has_the_fields_and_bounds_of_the_commands() -> None:
    typed = TYPED_ACTION.json_schema()["$defs"]
    assert {schema["properties"]["action"]["const"] for schema in typed.values()} == {
        model.command for model in client_input.COMMANDS
    }
    for schema in typed.values():
        command = COMMANDS[schema["properties"]["action"]["const"]].model_json_schema()["properties"]
        assert schema["properties"].keys() - {"action"} == command.keys() - {"player"}
        assert schema["description"] == inspect.getdoc(COMMANDS[schema["properties"]["action"]["const"]])
        for name, field in schema["properties"].items():
            for bound in ("minimum", "maximum", "default", "enum"):
                assert field.get(bound) == command.get(name, field).get(bound), (schema["title"], name)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"action": "fly"}, None),
        ({"action": "walk", "seconds": 0}, "walk.seconds"),
        ({"action": "walk", "speed": 3}, "walk.speed"),
        ({"action": "take"}, "take.unique_index"),
        ({"action": "turn"}, "turn"),
        ({"action": "turn", "yaw": 90, "by": 5}, "turn"),
    ],
)
def test_a_wrong_action_is_refused_with_its_field(value: dict[str, Any], field: str | None) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_typed(value)
    assert (refused.value.code, refused.value.field) == ("bad_arguments", field)
    assert Turn(yaw=90).yaw == 90
