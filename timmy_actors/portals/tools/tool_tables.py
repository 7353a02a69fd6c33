"""Tables that map the protocol's tools and arguments to those of third-party servers: `portal_tools.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.json_lines import line_of
from timmy_actors.portals.tools.answer_parsing import SchemaCheck
from timmy_actors.portals.tools.spec_tools import SPEC_TOOLS
from timmy_actors.protocol import Name, StrictModel, first_mistake
from timmy_actors.system import read_text


class ToolRow(StrictModel):
    """A server's tool for one tool of the protocol."""

    tool: Name
    """The server's name for it."""
    arguments: dict[str, Any] | None = None
    """A template of the tool's arguments; `"$app_id"` is replaced by the protocol's argument, also within a list:
    `["$x", "$y"]`. `"$from_x"` and `"$from_y"` of `drag_to` are the mouse position. None: bound by name, or by
    position."""
    restrict: dict[str, Any] | None = None
    """An additional JSON Schema for the arguments, for values that the server accepts and then ignores."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The protocol's arguments in `arguments`."""
        return frozenset(_names_in(self.arguments))

    @cached_property
    def restriction(self) -> SchemaCheck | None:
        """Checks `restrict`."""
        return SchemaCheck(self.restrict) if self.restrict is not None else None


class ToolTable(StrictModel):
    """The tools of one server. A tool that is not listed has the protocol's name."""

    about: str = ""
    files: Literal["path", "name"] = "path"
    """Whether a screenshot's file is passed as a full path, or as a name in a folder that the server knows."""
    selectors: bool = False
    """Whether the server accepts `id:`, `class:` and `pid:` as window titles."""
    corners_latch: bool = False
    """Whether the server refuses every action while the pointer is in a corner of the screen."""
    tools: dict[str, ToolRow | None] = Field(default_factory=dict)
    """By the protocol's names; null: the server has no such tool."""

    def row(self, name: str) -> ToolRow | None:
        """The server's tool for a protocol tool; None: it has none."""
        return self.tools[name] if name in self.tools else ToolRow(tool=name)


def _names_in(template: Any) -> Iterator[str]:
    match template:
        case str() if template.startswith("$"):
            yield template[1:]
        case dict():
            for inner in template.values():
                yield from _names_in(inner)
        case list():
            for inner in template:
                yield from _names_in(inner)


Tables = Mapping[str, ToolTable]
_TABLES: TypeAdapter[dict[str, ToolTable]] = TypeAdapter(
    dict[Annotated[str, Field(min_length=1, max_length=64)], ToolTable]
)


def load_tables(path: Path) -> Tables:
    """The tables in `path`.

    Raises:
        ConfigError: the file cannot be read or is invalid; the message contains the line.
    """
    text = read_text(path, "the table of tool names")
    try:
        document = json.loads(text)
        tables = _TABLES.validate_python(document)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise ConfigError(f"{path}, line {line_of(text, mistake.path)}: {mistake.at('table')}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg}: correct the JSON") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON: {error}") from error
    for server, table in tables.items():
        for name in table.tools.keys() - SPEC_TOOLS.keys():
            line = line_of(text, (server, "tools", name))
            message = f"{server}.tools.{name}: not a tool of the protocol; there are: {', '.join(SPEC_TOOLS)}"
            raise ConfigError(f"{path}, line {line}: {message}")
        for name, row in table.tools.items():
            _refuse_unfillable(path, text, (server, "tools", name), row)
    return tables


def _refuse_unfillable(path: Path, text: str, where: tuple[str, str, str], row: ToolRow | None) -> None:
    """Check that each `$name` of a template is an argument of the protocol's tool."""
    fillable = SPEC_TOOLS[where[2]].fillable
    for name in () if row is None else sorted(row.names - fillable):
        line = line_of(text, (*where, "arguments"))
        available = ", ".join(sorted(fillable)) or "none"
        message = f"{'.'.join(where)}.arguments: the tool has no argument ${name}; there are: {available}"
        raise ConfigError(f"{path}, line {line}: {message}")


def choose_table(tables: Tables, name: str, path: Path) -> ToolTable:
    """The table `name`.

    Raises:
        ConfigError: there is no such table.
    """
    if name not in tables:
        raise ConfigError(f"{path}: no table {name!r} of tool names; there are: {', '.join(tables) or 'none'}")
    return tables[name]
