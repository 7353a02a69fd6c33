"""Checks the models against the golden vectors in docs/protocol/golden, as the Lua tests check the Lua side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pydantic_core
import pytest
from pydantic import TypeAdapter, ValidationError

from timmy_actors.protocol._base import MAX_INTEGER
from timmy_actors.protocol.commands import COMMANDS
from timmy_actors.protocol.message import CLIENT_MESSAGE, FIRST_VERSION, PROTOCOL_VERSION, SERVER_MESSAGE, Hello
from timmy_actors.protocol.mistake import first_mistake

GOLDEN = Path(__file__).parents[2] / "docs" / "protocol" / "golden"
CLIENT_TYPES = ("hello", "subscribe", "observe", "command", "ping")
SERVER_TYPES = ("welcome", "subscribed", "perception", "frame", "result", "pong", "event", "error")
MAX_DEPTH = 32


def vectors(*types: str) -> list[Any]:
    return [
        pytest.param(kind, vector, id=f"{kind}: {vector['name']}")
        for kind in types
        for vector in json.loads((GOLDEN / f"{kind}.json").read_text(encoding="utf-8"))
    ]


def adapter_of(kind: str) -> TypeAdapter[Any]:
    return CLIENT_MESSAGE if kind in CLIENT_TYPES else SERVER_MESSAGE


def field_at_fault(error: ValidationError) -> str:
    """The invalid field of the message, without the union's tag before it."""
    first = error.errors(include_url=False)[0]
    if first["type"].startswith("union_tag"):
        return "type"
    return str(first["loc"][1])


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    return value


@pytest.mark.parametrize(("kind", "vector"), vectors(*CLIENT_TYPES, *SERVER_TYPES))
def test_the_models_judge_every_vector_as_the_wire_does(kind: str, vector: dict[str, Any]) -> None:
    text = json.dumps(vector["message"])
    adapter = adapter_of(kind)
    if vector["valid"]:
        adapter.validate_json(text, strict=True)
    elif vector["error"]["code"] == "unsupported_version":
        hello = adapter.validate_json(text, strict=True)
        assert isinstance(hello, Hello)
        assert not FIRST_VERSION <= hello.protocol <= PROTOCOL_VERSION
    else:
        with pytest.raises(ValidationError) as caught:
            adapter.validate_json(text, strict=True)
        assert field_at_fault(caught.value) == vector["error"]["field"]


@pytest.mark.parametrize(
    ("kind", "vector"), [case for case in vectors(*CLIENT_TYPES, *SERVER_TYPES) if case.values[1]["valid"]]
)
def test_a_valid_vector_survives_reading_and_writing(kind: str, vector: dict[str, Any]) -> None:
    adapter = adapter_of(kind)
    message = adapter.validate_python(vector["message"])
    written = message.model_dump_json(by_alias=True)
    assert adapter.validate_json(written) == message
    rewritten, original = json.loads(written), without_nulls(vector["message"])
    for name in original.keys() - {"later", "sections", "server", "error", "entities", "perceptions"}:
        assert rewritten[name] == vector["message"][name]


@pytest.mark.parametrize(("kind", "vector"), vectors("arguments"))
def test_the_models_judge_every_commands_arguments_as_the_wire_does(kind: str, vector: dict[str, Any]) -> None:
    model, text = COMMANDS[vector["command"]], json.dumps(vector["arguments"])
    if vector["valid"]:
        model.model_validate_json(text, strict=True)
        return
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(text, strict=True)
    mistake = first_mistake(caught.value)
    assert mistake.field == vector["error"].get("field")
    assert vector["error"].get("message") in (None, f"{mistake.field}: {mistake.text}")


def strict_json(data: bytes) -> Any:
    """Parse JSON as strictly as the wire: with pydantic's parser and Lua's bounds."""
    value = pydantic_core.from_json(data, allow_inf_nan=False)
    check_bounds(value, 0)
    return value


def check_bounds(value: Any, depth: int) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > MAX_INTEGER:
        raise ValueError("a number of 1e14 or more")
    if isinstance(value, list | dict):
        if depth >= MAX_DEPTH:
            raise ValueError("nested too deeply")
        for member in value.values() if isinstance(value, dict) else value:
            check_bounds(member, depth + 1)


@pytest.mark.parametrize(
    "vector", json.loads((GOLDEN / "json.json").read_text(encoding="utf-8")), ids=lambda v: v["name"]
)
def test_python_reads_the_edge_texts_of_json_as_lua_does(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()
    if vector["ok"]:
        assert strict_json(data) == json.loads(vector["encoded"])
    else:
        with pytest.raises(ValueError):  # noqa: PT011 - any refusal will do: the words are the parser's
            strict_json(data)
