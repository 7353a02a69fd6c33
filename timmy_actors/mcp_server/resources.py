"""The resources: the latest snapshot, the command journal, the portal's prompts, and the card."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mcp import MCPError
from mcp.server.apps import APP_MIME_TYPE
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, ReadResourceResult, Resource, TextResourceContents

from timmy_actors.errors import TimmyError
from timmy_actors.mcp_server.arguments import JournalArguments, ObserveArguments
from timmy_actors.mcp_server.handlers import ALL_SECTIONS, Handlers
from timmy_actors.mcp_server.prompts import describe, entry_of
from timmy_actors.mcp_server.results import as_json

CARD = "ui://timmy-actors/card.html"
NEWEST = 50
"""How many commands the journal's resource has."""
JSON, MARKDOWN = "application/json", "text/markdown"


@dataclass(frozen=True)
class ResourceSpec:
    """One resource."""

    uri: str
    name: str
    about: str
    mime_type: str
    read: Callable[[Handlers], Awaitable[str]]

    def listed(self) -> Resource:
        """The resource as clients see it."""
        return Resource(uri=self.uri, name=self.name, description=self.about, mime_type=self.mime_type)


async def _snapshot(handlers: Handlers) -> str:
    snapshot = await handlers.observe(ObserveArguments(sections=ALL_SECTIONS))
    return json.dumps(as_json(snapshot), ensure_ascii=False)


async def _journal(handlers: Handlers) -> str:
    return json.dumps(as_json(await handlers.journal(JournalArguments(newest=NEWEST))), ensure_ascii=False)


async def _prompts(handlers: Handlers) -> str:
    entry = await entry_of(handlers.daemon, None)
    return "\n".join(describe(entry)).lstrip() or f"The portal {entry.id} has no prompts."


async def _card(_handlers: Handlers) -> str:
    return card()


@cache
def card() -> str:
    """The card: one HTML document that needs no other file."""
    return files("timmy_actors.mcp_server").joinpath("card.html").read_text("utf-8")


RESOURCES = {
    spec.uri: spec
    for spec in (
        ResourceSpec("timmy://snapshot", "snapshot", "The player's latest snapshot, all sections.", JSON, _snapshot),
        ResourceSpec(
            "timmy://journal", "journal", f"The {NEWEST} newest commands with their outcomes.", JSON, _journal
        ),
        ResourceSpec("timmy://prompts", "prompts", "What to know about the chosen portal's game.", MARKDOWN, _prompts),
        ResourceSpec(CARD, "card", "A card for hosts: map, last frame and status.", APP_MIME_TYPE, _card),
    )
}


async def read(handlers: Handlers, uri: str) -> ReadResourceResult:
    """Read a resource.

    Raises:
        MCPError: there is no such resource, or the daemon does not answer.
    """
    spec = RESOURCES.get(uri)
    if spec is None:
        raise MCPError(INVALID_PARAMS, f"uri: no resource {uri[:100]!r}; there are: {', '.join(RESOURCES)}")
    try:
        text = await spec.read(handlers)
    except TimmyError as error:
        raise MCPError(INTERNAL_ERROR, str(error)) from error
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=spec.mime_type, text=text)])
