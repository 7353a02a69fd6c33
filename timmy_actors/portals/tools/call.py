"""A tool of the protocol with its arguments, as the call that a real server understands. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from timmy_actors.errors import ToolError
from timmy_actors.portals.mcp.session_events import Tool
from timmy_actors.portals.tools.answer_parsing import SchemaCheck
from timmy_actors.portals.tools.spec_tools import SpecTool
from timmy_actors.portals.tools.tool_tables import ToolRow, ToolTable

_WHOLE = re.compile(r"-?[0-9]{1,20}")
MAX_NAMED = 12
"""Tools of a server that are named in a message."""


@dataclass(frozen=True)
class Bound:
    """A call as it is sent."""

    tool: str
    arguments: dict[str, Any]


def find_tool(spec: SpecTool, table: ToolTable, tools: Mapping[str, Tool]) -> tuple[ToolRow, Tool]:
    """The server's tool for one of the protocol's.

    Raises:
        ToolError: `no_such_tool`: it has none.
    """
    row = table.row(spec.name)
    if row is None:
        raise ToolError("no_such_tool", f"{spec.name}: the {spec.server} in use has no such tool")
    if row.tool not in tools:
        near = difflib.get_close_matches(row.tool, tools, n=1)
        hint = f" (did its author rename it to {near[0]!r}?)" if near else ""
        named = ", ".join(sorted(tools)[:MAX_NAMED]) or "none at all"
        told = f"{spec.name}: the {spec.server} in use has no tool {row.tool!r}{hint}; it has {named}"
        raise ToolError("no_such_tool", told)
    return row, tools[row.tool]


def bind(spec: SpecTool, values: Mapping[str, Any], table: ToolTable, tools: Mapping[str, Tool]) -> Bound:
    """The call of `spec` with `values` (by the protocol's argument names; None is not given).

    Raises:
        ToolError: `no_such_tool`: it has none, or none that can be called; `bad_arguments`: it would not take them.
    """
    row, tool = find_tool(spec, table, tools)
    given = {name: value for name, value in values.items() if value is not None}
    extras = {name for name in spec.extras if not (name in row.names or accepts(tool.schema, name))}
    given = {name: value for name, value in given.items() if name not in extras}
    _refuse_unknown_options(spec, given, row, tool)
    if row.arguments is not None:
        arguments = _filled(row.arguments, given)
    else:
        arguments = _by_name_or_position(spec, given, tool.schema)
    properties = tool.schema.get("properties", {})
    arguments = {name: _fitting(value, properties.get(name, {})) for name, value in arguments.items()}
    _check(spec, arguments, tool.validator)
    if row.restriction is not None:
        _check(spec, arguments, row.restriction)
    return Bound(tool.name, arguments)


def _refuse_unknown_options(spec: SpecTool, given: Mapping[str, Any], row: ToolRow, tool: Tool) -> None:
    for name in given.keys() & set(spec.options):
        known = accepts(tool.schema, name) if row.arguments is None else name in row.names
        if not known:
            told = f"{spec.name}: the {spec.server} in use cannot be told {name!r}: leave it out"
            raise ToolError("bad_arguments", told)


def accepts(schema: Mapping[str, Any], name: str) -> bool:
    """Whether a tool takes an argument of that name."""
    return name in schema.get("properties", {})


def _filled(template: Any, given: Mapping[str, Any]) -> Any:
    """The template with each `"$name"` replaced; what was not given is left out, and a list that lacks a part."""
    match template:
        case dict():
            return {key: _filled(value, given) for key, value in template.items() if not _is_missing(value, given)}
        case list():
            return [_filled(value, given) for value in template]
        case str() if template.startswith("$"):
            return given[template[1:]]
    return template


def _is_missing(template: Any, given: Mapping[str, Any]) -> bool:
    if isinstance(template, list):
        return any(_is_missing(inner, given) for inner in template)
    return isinstance(template, str) and template.startswith("$") and template[1:] not in given


def _by_name_or_position(spec: SpecTool, given: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that the server has under the protocol's names go there; the others to its first free ones."""
    properties = list(schema.get("properties", {}))
    bound = {name: value for name, value in given.items() if name in properties}
    free = [name for name in properties if name not in bound and name not in spec.arguments]
    for name in spec.arguments:
        if name not in given or name in bound:
            continue
        if not free:
            raise ToolError("bad_arguments", f"{spec.name}: the server has no argument for {name!r}")
        bound[free.pop(0)] = given[name]
    return bound


def _fitting(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value in the type that a server asks for, where it is the same thing written otherwise."""
    match schema.get("type"), value:
        case "string", bool() | list() | tuple() | dict():
            return value
        case "string", int() | float():
            return str(value)
        case "integer", str() if _WHOLE.fullmatch(value):
            return int(value)
        case "integer", float() if value.is_integer():
            return int(value)
        case "array", str():
            return value.split()
    return list(value) if isinstance(value, tuple) else value


def _check(spec: SpecTool, arguments: dict[str, Any], schema: SchemaCheck) -> None:
    told = schema.complaint(arguments) if schema.broken is None else None
    if schema.broken is not None:
        words = f"{spec.name}: the server's tool cannot be called: its JSON Schema is invalid: {schema.broken}"
        raise ToolError("no_such_tool", words)
    if told is not None:
        raise ToolError("bad_arguments", f"{spec.name}: {told}")
