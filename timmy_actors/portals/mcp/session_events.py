"""The events of a session. Does not need the `mcp` package."""

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
        """Checks arguments against the schema. Cached: its creation costs as much as a thousand checks."""
        return SchemaCheck(self.schema)


@dataclass(frozen=True)
class Connected:
    """The server is ready, and has listed its tools."""

    pid: int | None
    server: str
    """The name and version that the server reports."""
    protocol: str
    tools: tuple[Tool, ...]


@dataclass(frozen=True)
class ToolsChanged:
    """The server's tools have changed."""

    tools: tuple[Tool, ...]


@dataclass(frozen=True)
class Over:
    """The session has ended, and the server's process too if the session started it."""

    failure: ServerGoneError | None
    """None: the session was stopped."""


EventHandler = Callable[[Connected | ToolsChanged | Over], object]
CallDone = Callable[[ToolAnswer | ToolError], object]
