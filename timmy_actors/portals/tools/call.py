"""Translates a call of a protocol tool to a call of a server's tool. Pure."""

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
"""Maximum number of a server's tools that a message lists."""


@dataclass(frozen=True)
class Bound:
    """A call of a server's tool."""

    tool: str
    arguments: dict[str, Any]


def find_tool(spec: SpecTool, table: ToolTable, tools: Mapping[str, Tool]) -> tuple[ToolRow, Tool]:
    """The server's tool for a protocol tool.

    Raises:
        ToolError: `no_such_tool`: the server has none.
    """
    row = table.row(spec.name)
    if row is None:
        raise ToolError("no_such_tool", f"{spec.name}: the {spec.server} in use has no such tool")
    if row.tool not in tools:
        near = difflib.get_close_matches(row.tool, tools, n=1)
        hint = f" (a similar one is {near[0]!r})" if near else ""
        listed = ", ".join(sorted(tools)[:MAX_NAMED]) or "none"
        message = f"{spec.name}: the {spec.server} in use has no tool {row.tool!r}{hint}; it has: {listed}"
        raise ToolError("no_such_tool", message)
    return row, tools[row.tool]


def bind(spec: SpecTool, values: Mapping[str, Any], table: ToolTable, tools: Mapping[str, Tool]) -> Bound:
    """The server's call for `spec` with `values` (by the protocol's argument names; None values are omitted).

    Raises:
        ToolError: `no_such_tool`: the server has no such tool, or its schema is invalid; `bad_arguments`: the tool does
            not accept the arguments.
    """
    row, tool = find_tool(spec, table, tools)
    values = {name: value for name, value in values.items() if value is not None}
    extras = {name for name in spec.extras if not (name in row.names or accepts(tool.schema, name))}
    values = {name: value for name, value in values.items() if name not in extras}
    _refuse_unknown_options(spec, values, row, tool)
    if row.arguments is not None:
        arguments = _filled(row.arguments, values)
    else:
        arguments = _by_name_or_position(spec, values, tool.schema)
    properties = tool.schema.get("properties", {})
    arguments = {name: _fitting(value, properties.get(name, {})) for name, value in arguments.items()}
    _check(spec, arguments, tool.validator)
    if row.restriction is not None:
        _check(spec, arguments, row.restriction)
    return Bound(tool.name, arguments)


def _refuse_unknown_options(spec: SpecTool, values: Mapping[str, Any], row: ToolRow, tool: Tool) -> None:
    for name in values.keys() & set(spec.options):
        known = accepts(tool.schema, name) if row.arguments is None else name in row.names
        if not known:
            message = f"{spec.name}: the {spec.server} in use does not accept {name!r}: omit it"
            raise ToolError("bad_arguments", message)


def accepts(schema: Mapping[str, Any], name: str) -> bool:
    """Whether a tool has an argument `name`."""
    return name in schema.get("properties", {})


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    """The template with each `"$name"` replaced; keys and lists with a missing value are omitted."""
    match template:
        case dict():
            return {key: _filled(value, values) for key, value in template.items() if not _is_missing(value, values)}
        case list():
            return [_filled(value, values) for value in template]
        case str() if template.startswith("$"):
            return values[template[1:]]
    return template


def _is_missing(template: Any, values: Mapping[str, Any]) -> bool:
    if isinstance(template, list):
        return any(_is_missing(inner, values) for inner in template)
    return isinstance(template, str) and template.startswith("$") and template[1:] not in values


def _by_name_or_position(spec: SpecTool, values: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Bind arguments by the protocol's names where the server has them, and the others by position."""
    properties = list(schema.get("properties", {}))
    bound = {name: value for name, value in values.items() if name in properties}
    free = [name for name in properties if name not in bound and name not in spec.arguments]
    for name in spec.arguments:
        if name not in values or name in bound:
            continue
        if not free:
            raise ToolError("bad_arguments", f"{spec.name}: the server has no argument for {name!r}")
        bound[free.pop(0)] = values[name]
    return bound


def _fitting(value: Any, schema: Mapping[str, Any]) -> Any:
    """The value converted to the type in the server's schema, if that loses nothing."""
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
    violation = schema.violation(arguments) if schema.broken is None else None
    if schema.broken is not None:
        message = f"{spec.name}: the server's tool cannot be called: its JSON Schema is invalid: {schema.broken}"
        raise ToolError("no_such_tool", message)
    if violation is not None:
        raise ToolError("bad_arguments", f"{spec.name}: {violation}")
