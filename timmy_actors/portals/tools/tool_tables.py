"""Tables from the protocol's tool and argument names to those of other people's servers: `portal_tools.json`."""

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
    """One tool of the protocol, as a server has it."""

    tool: Name
    """The server's name for it."""
    arguments: dict[str, Any] | None = None
    """What it is called with; `"$app_id"` stands for the protocol's argument, also within a list: `["$x", "$y"]`.
    `"$from_x"` and `"$from_y"` of `drag_to` are where the mouse is. None: bound by name, else by position."""
    restrict: dict[str, Any] | None = None
    """A JSON Schema that the arguments must meet besides the server's own: for what it takes and does not do."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The protocol's arguments that `arguments` speaks of."""
        return frozenset(_names_in(self.arguments))

    @cached_property
    def restriction(self) -> SchemaCheck | None:
        """What checks that."""
        return SchemaCheck(self.restrict) if self.restrict is not None else None


class ToolTable(StrictModel):
    """A server's names. What it does not list has the protocol's own name there."""

    about: str = ""
    files: Literal["path", "name"] = "path"
    """Whether a screenshot's file is named by its whole path, or by its name in a folder that the server was told."""
    selectors: bool = False
    """Whether it takes `id:`, `class:` and `pid:` where it takes a window's title."""
    corners_latch: bool = False
    """Whether the pointer in a corner of the screen stops the server from doing anything more."""
    tools: dict[str, ToolRow | None] = Field(default_factory=dict)
    """By the protocol's names; null: the server has no such tool."""

    def row(self, name: str) -> ToolRow | None:
        """The server's version of a tool; None: it has none."""
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
        ConfigError: it cannot be read, or is wrong; the message names the line.
    """
    text = read_text(path, "the table of tool names")
    try:
        document = json.loads(text)
        tables = _TABLES.validate_python(document)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise ConfigError(f"{path}, line {line_of(text, mistake.path)}: {mistake.at('table')}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg}: mend the JSON there") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON: {error}") from error
    for server, table in tables.items():
        for name in table.tools.keys() - SPEC_TOOLS.keys():
            line = line_of(text, (server, "tools", name))
            told = f"{server}.tools.{name}: no tool of the protocol; there are: {', '.join(SPEC_TOOLS)}"
            raise ConfigError(f"{path}, line {line}: {told}")
        for name, row in table.tools.items():
            _refuse_unfillable(path, text, (server, "tools", name), row)
    return tables


def _refuse_unfillable(path: Path, text: str, where: tuple[str, str, str], row: ToolRow | None) -> None:
    """See that each `$name` of a template is an argument that the protocol's tool has."""
    fillable = SPEC_TOOLS[where[2]].fillable
    for name in () if row is None else sorted(row.names - fillable):
        line = line_of(text, (*where, "arguments"))
        told = f"{'.'.join(where)}.arguments: nothing fills ${name}; there are: {', '.join(sorted(fillable)) or 'none'}"
        raise ConfigError(f"{path}, line {line}: {told}")


def choose_table(tables: Tables, name: str, path: Path) -> ToolTable:
    """The table called `name`.

    Raises:
        ConfigError: there is none.
    """
    if name not in tables:
        raise ConfigError(f"{path}: no table {name!r} of tool names; there are: {', '.join(tables) or 'none'}")
    return tables[name]
