"""The status of a portal and of its MCP servers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Model

PortalId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
PortalState = Literal["offline", "starting", "ready", "degraded"]


class ServerStatus(Model):
    """The status of one MCP server."""

    name: str
    state: Literal["offline", "starting", "ready", "down"] = "offline"
    """`offline`: not started, as it was not needed yet. `down`: it ended, and is being restarted."""
    reason: str | None = None
    """Why it is not ready."""
    since: datetime | None = None
    generation: int = 0
    """How often it was started."""
    failures: int = 0
    """How often in a row it ended before it was ready."""
    pid: int | None = None
    server: str | None = None
    """Its own name and version."""
    protocol: str | None = None
    """The negotiated revision of the Model Context Protocol."""
    tools: tuple[str, ...] = ()
    """Its tools, by its own names."""


class PortalStatus(Model):
    """The status of a portal, with the reasons."""

    id: str
    state: PortalState
    reasons: tuple[str, ...] = ()
    catalog_error: str | None = None
    """Why the catalog on disk was not loaded, or that it lacks the portal in use."""
    servers: tuple[ServerStatus, ...] = ()
