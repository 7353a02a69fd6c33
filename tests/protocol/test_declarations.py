"""The bridge's declarations are generated from the models, and both sides judge every argument alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel, ValidationError

from tests.protocol.boundaries import UNKNOWN, variants
from timmy_actors.protocol import COMMANDS, CommandArguments, first_mistake
from timmy_actors.protocol.message import CLIENT_MESSAGE
from timmy_actors.system import lua_folder
from tools.declarations import CLIENT_MESSAGES, current
from tools.lua_text import lua_pattern, quoted, written

luajit = pytest.importorskip("lupa.luajit21")

FROM_ANOTHER_CALL = re.compile(r"^calls\.\d+\.arguments\.\d+")
"""What an argument of the raw API must be depends on its function: the bridge checks it with the function."""
JUDGE = """
function(folder)
  package.path = folder .. "/?.lua;" .. package.path
  _G.tes3mp, _G.Players = { LogMessage = function() end }, {}
  local json, protocol = require("timmy.wire.json"), require("timmy.wire.protocol")
  local registry = require("timmy.commands.registry")
  -- Without simulated clients the commands that need one are refused before their arguments are checked.
  require("timmy.game.client_input").attach({})
  local everything = { raw = true, chat_command = true, operate = true }
  local function command(name, arguments)
    local _, err = registry.run(name, assert(json.decode(arguments)), everything)
    -- What needs nobody in the game is not refused for its player: it is tried.
    local is_tried = require("timmy.wire.declarations").commands[name].of_server
    if is_tried and not (err and err.code == "bad_arguments") then return "no_such_player", "player", "" end
    return err.code, err.field, err.message
  end
  local function message(payload)
    local read, err = protocol.read(payload)
    return read and "valid" or err.code, err and err.field, err and err.message
  end
  return command, message
end
"""


class Verdict(NamedTuple):
    """What a side says of a value: the invalid field and what must hold there, or two times None if it is valid."""

    field: str | None
    words: str | None


VALID = Verdict(None, None)
Judge = Callable[..., Any]


@pytest.fixture(scope="module")
def bridge() -> tuple[Judge, Judge]:
    runtime = luajit.LuaRuntime()
    command, message = runtime.eval(JUDGE)(str(lua_folder()))
    return command, message


def bridge_verdict(judged: Any, is_valid: str) -> Verdict:
    """`is_valid`: the code after the checks, where no player is online."""
    code, field, message = judged if isinstance(judged, tuple) else (judged, None, None)
    return VALID if code == is_valid else Verdict(field, message)


def model_verdict(validate: Callable[[], object]) -> tuple[Verdict, bool]:
    """The models' verdict, and whether it is about several fields together: the bridge says that when it acts."""
    try:
        validate()
    except ValidationError as error:
        mistake = first_mistake(error)
        return Verdict(mistake.field, mistake.text), not mistake.path
    return VALID, False


def cases(schema: dict[str, Any], example: dict[str, Any]) -> Iterator[str]:
    yield from dict.fromkeys(json.dumps(case) for case in variants(schema, example))


def test_the_declarations_of_the_bridge_are_those_of_the_models() -> None:
    declared = (lua_folder() / "timmy" / "wire" / "declarations.lua").read_text(encoding="utf-8")
    assert declared == current(), "run 'make declarations'"


@pytest.mark.parametrize("model", COMMANDS.values(), ids=COMMANDS)
def test_both_sides_judge_the_arguments_of_a_command_alike(
    model: type[CommandArguments], bridge: tuple[Judge, Judge]
) -> None:
    seen = set()
    for text in cases(model.model_json_schema(by_alias=True), model.whole_example()):
        expected, is_about_several = model_verdict(partial(model.model_validate_json, text, strict=True))
        if is_about_several or FROM_ANOTHER_CALL.match(expected.field or ""):
            continue
        judged = bridge_verdict(bridge[0](model.command, text), "no_such_player")
        assert judged == in_the_bridges_words(model, expected), text
        seen.add(expected)
    assert len(seen) > 2, "nothing was refused"


def in_the_bridges_words(model: type[CommandArguments], verdict: Verdict) -> Verdict:
    if verdict == VALID:
        return VALID
    words = verdict.words
    if verdict.field == UNKNOWN:
        names = ", ".join(field.alias or name for name, field in model.model_fields.items())
        words = f"is no argument of this command; there are: {names}"
    return Verdict(verdict.field, f"{verdict.field}: {words}")


EXAMPLES: dict[str, dict[str, Any]] = {
    "hello": {"id": "1", "client": "c"},
    "subscribe": {"id": "1", "sections": ["position"]},
    "observe": {"id": "1", "player": "Timmy"},
    "command": {"id": "1", "name": "message", "arguments": {}, "deadline": 0},
    "ping": {"id": "1"},
}


@pytest.mark.parametrize("model", CLIENT_MESSAGES, ids=EXAMPLES)
def test_both_sides_judge_the_fields_of_a_message_alike(model: type[BaseModel], bridge: tuple[Judge, Judge]) -> None:
    kind = model.model_fields["type"].default
    schema = model.model_json_schema()
    del schema["properties"]["type"]
    for text in cases(schema, {"type": kind, **EXAMPLES[kind]}):
        expected, _ = model_verdict(partial(CLIENT_MESSAGE.validate_json, text, strict=True))
        judged = bridge_verdict(bridge[1](text), "valid")
        if (judged.words or "").startswith("not JSON"):
            continue
        assert judged.field == (expected.field and expected.field.split(".")[1]), text


@pytest.mark.parametrize(
    ("expression", "pattern"),
    [
        (r"^[^\x00-\x1f\x7f]+$", "^[^%z\x01-\x1f\x7f]+$"),
        (r"^[0-9]+-[0-9]+$", "^[0-9]+%-[0-9]+$"),
        (r"^/[^\x00%]*$", "^/[^%z%%]*$"),
    ],
)
def test_a_pattern_is_translated(expression: str, pattern: str) -> None:
    assert lua_pattern(expression) == pattern


@pytest.mark.parametrize("expression", ["^a|b$", "^(a)+$", r"^\d$", "^[a]{2}$", "^a.b$"])
def test_a_pattern_that_lua_lacks_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="has no Lua pattern"):
        lua_pattern(expression)


def test_a_value_is_written_as_lua_reads_it() -> None:
    value = {"repeat": True, "text": 'a\n"\\\x001', "numbers": [1, -0.5, 1e6], "long": ["word" * 9] * 9, "empty": []}
    lua = luajit.LuaRuntime()
    read = lua.execute(written(value, "return "))
    assert (read["repeat"], read["text"], list(read["numbers"].values())) == (True, value["text"], [1, -0.5, 1_000_000])
    assert (list(read["long"].values()), list(read["empty"].values())) == (value["long"], [])
    assert quoted("\x7f") == '"\\127"'
