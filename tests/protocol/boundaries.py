"""Values at and beside every bound of a command's arguments, from its published schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ABSENT = object()
"""The argument is left out."""
OTHER_TYPES: tuple[object, ...] = (None, True, 5, 1.5, "x", [], {}, ABSENT)
UNKNOWN = "no_such_argument"


def variants(schema: dict[str, Any], example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The example with one of its values, at any depth, replaced, left out or added."""
    yield from _object_variants(schema, schema, example)


def _object_variants(root: dict[str, Any], schema: dict[str, Any], base: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**base, UNKNOWN: 1}
    for name, property_schema in schema["properties"].items():
        for value in _values(root, property_schema):
            yield {member: v for member, v in {**base, name: value}.items() if v is not ABSENT}


def _resolved(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return dict(root["$defs"][schema["$ref"].rpartition("/")[2]])
    return schema


def _values(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    """Values that a schema may accept or refuse; the caller asks both sides which it is."""
    yield from OTHER_TYPES
    for alternative in schema.get("anyOf", schema.get("oneOf", [schema])):
        yield from _values_of(root, _resolved(root, alternative))


def _values_of(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[Any]:
    match schema:
        case {"enum": words}:
            for word in words:
                yield from (word, str(word).upper(), f"{word} ")
        case {"const": word}:
            yield from (word, f"{word}s")
        case {"type": "string"}:
            yield from _strings(schema)
        case {"type": "integer" | "number"}:
            yield from _numbers(schema)
        case {"type": "array"}:
            yield from _lists(root, schema)
        case {"type": "object", "properties": _}:
            yield from _object_variants(root, schema, minimal(root, schema))


def _strings(schema: dict[str, Any]) -> Iterator[str]:
    for length in (schema.get("minLength", 0), schema.get("maxLength", 0)):
        for near in (length - 1, length, length + 1):
            for filler in ("x", "é", "7", "/"):
                yield filler * near
    yield from ("a\nb", "a\tb", "a\x00", "\x1f", "a\x7f", "a;b", "/a", "a/", "a b", "_a", "a-b", "a\u0085b", "a\u2028b")
    yield from ("12-0", "12-", "-0", "2147483647-2147483647", "2147483648-0", "0-2147483648", "12-0-1")


def _numbers(schema: dict[str, Any]) -> Iterator[float]:
    for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if bound in schema:
            value = schema[bound]
            yield from (_whole_or_not(near) for near in (value - 1, value - 0.001, value, value + 0.001, value + 1))


def _whole_or_not(value: float) -> float:
    """1.0 as 1: strict models take no whole number with a fraction of 0, which JSON does not tell apart."""
    return int(value) if value == int(value) else value


def _lists(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[list[Any]]:
    item = sample(root, schema["items"])
    for length in (schema.get("minItems", 0), schema.get("maxItems", 0)):
        yield from ([item] * near for near in (length - 1, length, length + 1) if near >= 0)
    items = [item] * (schema.get("minItems", 1) - 1)
    yield from ([*items, value] for value in _values(root, schema["items"]) if value is not ABSENT)


def minimal(root: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """An object with the required properties only; a record is based on another, which replaces what its type needs."""
    properties = schema["properties"]
    values = {name: sample(root, properties[name]) for name in schema.get("required", [])}
    return {**values, "base_id": "rat"} if "base_id" in properties else values


def sample(root: dict[str, Any], schema: dict[str, Any]) -> Any:
    """One value that a schema accepts."""
    schema = _resolved(root, schema.get("anyOf", [schema])[0])
    match schema:
        case {"enum": [word, *_]} | {"const": word}:
            return word
        case {"type": "string"}:
            return "12-0" if schema.get("format") == "unique-index" else "x"
        case {"type": "integer" | "number"}:
            return schema.get("minimum", 1)
        case {"type": "array"}:
            return [sample(root, schema["items"])] * schema.get("minItems", 0)
        case {"type": "object", "properties": _}:
            return minimal(root, schema)
    return 1
