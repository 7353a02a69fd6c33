"""What a session tells of its server. Nothing here needs the `mcp` package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from timmy_actors.errors import ServerGoneError, ToolError
from timmy_actors.portals.tools.answer_parsing import SchemaCheck
from timmy_actors.portals.tools.results import ToolAnswer


@dataclass(frozen=True)
class Tool:
    """A tool as its server lists it."""

    name: str
    schema: dict[str, Any] = field(hash=False)
    """The JSON Schema of its arguments."""

    @cached_property
    def validator(self) -> SchemaCheck:
        """What checks arguments against the schema; made once, which costs as much as a thousand checks."""
        return SchemaCheck(self.schema)


@dataclass(frozen=True)
class Connected:
    """The server answered, and said what it offers."""

    pid: int | None
    server: str
    """Name and version, as it says itself."""
    protocol: str
    tools: tuple[Tool, ...]


@dataclass(frozen=True)
class ToolsChanged:
    """It offers something else now."""

    tools: tuple[Tool, ...]


@dataclass(frozen=True)
class Over:
    """The session has ended, and with it the server's process, if it was ours."""

    failure: ServerGoneError | None
    """None: it was asked to."""


Told = Callable[[Connected | ToolsChanged | Over], object]
CallDone = Callable[[ToolAnswer | ToolError], object]
