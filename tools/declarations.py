"""Generates the bridge's declarations of the wire from the models: `python -m tools.declarations FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import TypeAdapter

from timmy_actors.protocol import (
    CADENCE,
    PATTERN_WORDS,
    TOPICS,
    CommandArguments,
    EventName,
    Model,
    Scope,
    SectionName,
    _base,
    message,
    record_parts,
    records,
    server,
)
from timmy_actors.protocol.commands import _arguments, actors, ai, position, topics
from tools.lua_text import Reference, lua_pattern, written

HEAD = """\
--- What both sides of the wire agree on: names, bounds, messages, and the commands with their arguments.
--
-- Generated from the models in timmy_actors/protocol by `make declarations`: do not change it by hand. A type is a JSON
-- Schema with Lua's names and patterns; timmy.wire.checks interprets it. A field is { name =, type =, default = ?,
-- optional = ? }: null means absent only where it is optional.
local M = {}

--- Types with names of their own.
local types = {}
M.types = types

"""

NAMED: dict[str, Any] = {
    "Name": _base.Name, "MessageId": _base.MessageId, "Traceparent": _base.Traceparent,
    "ClientName": server.ClientName,
    "PlayerName": message.PlayerName, "Text": _arguments.Text, "Label": _arguments.Label,
    "LongText": record_parts.LongText, "UniqueIndex": _arguments.UniqueIndex, "Coordinate": _arguments.Coordinate,
    "Angle": _arguments.Angle, "Speed": position.Speed, "GridNumber": topics.GridNumber, "Radius": message.Radius,
    "Most": message.Most, "ItemCount": _arguments.ItemCount, "Hours": ai.Hours, "Int": record_parts.Int,
    "Amount": record_parts.Amount, "Weight": record_parts.Weight, "Rate": record_parts.Rate, "Byte": record_parts.Byte,
    "Percent": record_parts.Percent, "Switch": record_parts.Switch, "SkillId": record_parts.SkillId,
    "Range": record_parts.Range, "Section": SectionName, "Event": EventName, "Slot": _arguments.Slot,
    "Weather": _arguments.Weather, "ActorStat": actors.ActorStat, "RecordType": records.RecordType,
    "Record": records.Record,
}  # fmt: skip
"""The models' own names of the types that many fields have."""

CLIENT_MESSAGES = (message.Hello, message.Subscribe, message.Observe, message.Command, message.Ping)

CONSTANTS: dict[str, tuple[str, Any]] = {
    "PROTOCOL": ("The version of the protocol.", message.PROTOCOL_VERSION),
    "MAX_INTEGER": ("The largest number that is sent.", _base.MAX_INTEGER),
    "MAX_COORDINATE": ("The farthest position, in game units.", _arguments.MAX_COORDINATE),
    "CELL_SIDE": ("The side of an exterior cell, in game units.", _arguments.CELL_SIDE),
    "FARTHEST_CELL": ("The farthest exterior cell.", topics.FARTHEST_CELL),
    "DEFAULT_RADIUS": ("The radius of the nearby sections, in game units.", message.DEFAULT_RADIUS),
    "DEFAULT_MOST": ("The most items that a nearby section lists.", message.DEFAULT_MOST),
    "CADENCE_SHORTEST_S": ("The shortest time between two readings of an entity.", CADENCE.shortest_s),
    "CADENCE_LONGEST_S": ("The longest one.", CADENCE.longest_s),
    "CADENCE_LEAST_SPEED": ("The least speed that an entity is taken to have.", CADENCE.least_speed),
    "CADENCE_PARTS": ("An entity is read before it has moved this part of its distance.", CADENCE.parts),
    "SCOPES": ("What a token can allow.", get_args(Scope)),
    "SECTIONS": ("The sections of a perception, in the order in which they are sent.", Reference("types.Section.enum")),
    "EVENTS": ("The events, topic by topic.", Reference("types.Event.enum")),
    "SLOTS": ("The engine's equipment slots, by number plus one.", Reference("types.Slot.enum")),
    "WEATHER": ("The engine's kinds of weather, by number plus one.", Reference("types.Weather.enum")),
    "RECORD_TYPES": ("The types of records.", Reference("types.RecordType.enum")),
}
"""Name, comment and value of what the bridge needs besides types."""

ABOUT_COMMANDS = "--- Commands: the file of the function, what the token must allow besides `act`, and the arguments."

BOUNDS = {
    "minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "exclusive_minimum", "minLength": "min_length",
    "maxLength": "max_length", "minItems": "min_items", "maxItems": "max_items",
}  # fmt: skip
ANY_VALUE = "x-checked-with-call"


def _key(schema: dict[str, Any]) -> str:
    """What a type consists of, without what only describes it."""
    ignored = ("title", "description", "default", "$defs")
    return json.dumps({name: value for name, value in schema.items() if name not in ignored}, sort_keys=True)


class Declarations:
    """The declared types, in the order in which each is needed."""

    def __init__(self) -> None:
        self.types: dict[str, Any] = {}
        self._named: dict[str, str] = {}
        for name, annotation in NAMED.items():
            schema = TypeAdapter(annotation).json_schema()
            self.types[name] = self._of_schema(schema, schema.get("$defs", {}))
            self._named[_key(schema)] = name

    def fields(self, model: type[Model]) -> list[dict[str, Any]]:
        """The fields of a message or a command."""
        schema = model.model_json_schema(by_alias=True)
        return self._fields(schema, schema.get("$defs", {}))

    def _fields(self, schema: dict[str, Any], defs: dict[str, Any]) -> list[dict[str, Any]]:
        required = schema.get("required", [])
        return [
            self._field(name, field, defs, is_required=name in required)
            for name, field in schema.get("properties", {}).items()
        ]

    def _field(self, name: str, schema: dict[str, Any], defs: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
        field: dict[str, Any] = {"name": name}
        ways = [way for way in schema.get("anyOf", []) if way.get("type") != "null"]
        is_optional = len(ways) < len(schema.get("anyOf", []))
        inner = ways[0] if is_optional and len(ways) == 1 else schema
        field["type"] = self._type(inner, defs)
        if not is_required:
            field |= {"optional": True} if is_optional else {"default": schema["default"]}
        return field

    def _type(self, schema: dict[str, Any], defs: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._definition(schema["$ref"].rpartition("/")[2], defs)
        name = self._named.get(_key(schema))
        return Reference(f"types.{name}") if name else self._of_schema(schema, defs)

    def _definition(self, name: str, defs: dict[str, Any]) -> Reference:
        if name not in self.types:
            declared = self._of_schema(defs[name], defs)
            self.types[name] = declared
        return Reference(f"types.{name}")

    def _of_schema(self, schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
        if schema.get(ANY_VALUE):
            return {"type": "any"}
        match schema:
            case {"anyOf": ways} | {"oneOf": ways}:
                return self._union(schema, ways, defs)
            case {"enum": words} | {"const": words}:
                return {"enum": words if isinstance(words, list) else [words]}
            case {"type": "array", "items": items}:
                return {"type": "array", "items": self._type(items, defs), **_bounds(schema)}
            case {"type": "object"}:
                return self._object(schema, defs)
            case {"type": "string" | "integer" | "number" | "boolean" as kind}:
                return {"type": kind, **_bounds(schema), **_pattern(schema)}
        raise ValueError(f"the bridge has no check for {schema}: use a type that it has, or extend checks.lua")

    def _union(self, schema: dict[str, Any], ways: list[dict[str, Any]], defs: dict[str, Any]) -> dict[str, Any]:
        if "discriminator" not in schema:
            return {"any_of": [self._type(way, defs) for way in ways]}
        tag, refs = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
        return {"tag": tag, "of": {word: self._type({"$ref": ref}, defs) for word, ref in refs.items()}}

    def _object(self, schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
        if "properties" not in schema:
            return {"type": "object"}
        declared: dict[str, Any] = {"type": "object", "fields": self._fields(schema, defs)}
        needed = schema.get("x-needed-without-base")
        return {**declared, "needed_without_base": needed} if needed else declared


def _bounds(schema: dict[str, Any]) -> dict[str, Any]:
    return {ours: schema[name] for name, ours in BOUNDS.items() if name in schema}


def _pattern(schema: dict[str, Any]) -> dict[str, Any]:
    pattern = schema.get("pattern")
    declared = {"pattern": lua_pattern(pattern), "words": PATTERN_WORDS[pattern]} if pattern else {}
    return {**declared, "format": schema["format"]} if "format" in schema else declared


def _message(declarations: Declarations, model: type[message.FromClient]) -> dict[str, Any]:
    scope = {"scope": model.scope} if model.scope else {}
    return {**scope, "fields": [field for field in declarations.fields(model) if field["name"] != "type"]}


def _command(declarations: Declarations, topic: ModuleType, model: type[CommandArguments]) -> dict[str, Any]:
    scope = {} if model.scope == "act" else {"scope": model.scope}
    of_server = {"of_server": True} if model.of_server else {}
    return {"topic": topic.__name__.rpartition(".")[2], **scope, **of_server, "fields": declarations.fields(model)}


def current() -> str:
    """Generate the content of `lua/timmy/wire/declarations.lua`."""
    declarations = Declarations()
    messages = {model.model_fields["type"].default: _message(declarations, model) for model in CLIENT_MESSAGES}
    commands = {model.command: _command(declarations, topic, model) for topic in TOPICS for model in topic.COMMANDS}
    constants = [f"--- {about}\n{written(value, f'M.{name} = ')}\n" for name, (about, value) in CONSTANTS.items()]
    types = [written(value, f"types.{name} = ") for name, value in declarations.types.items()]
    parts = [
        HEAD + "\n".join(types) + "\n",
        *constants,
        f"--- Clients' messages: what the token must allow, and the fields.\n{written(messages, 'M.messages = ')}\n",
        f"{ABOUT_COMMANDS}\n{written(commands, 'M.commands = ')}\n",
        "return M\n",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(current(), encoding="utf-8")
