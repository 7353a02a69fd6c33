"""Portals: the games that the agent can perceive and act in, as `portals.json` lists them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from timmy_actors.model._base import Name, StrictModel

PortalId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Destination(StrictModel):
    """Where a portal leads; validated and handed on."""

    type: Name
    params: dict[str, Any] = Field(default_factory=dict)


class Portal(StrictModel):
    """One game: an entry of `portals.json`."""

    id: PortalId
    name: Name
    description: str
    status: Literal["offline", "starting", "ready", "degraded"] = "offline"
    """The initial word only: never written back, never a bar to starting."""
    app_id: Annotated[int, Field(ge=0)]
    """The Steam application, for the Steam calls."""
    window_title: Name | tuple[Name, ...]
    """The game window's title, for aiming the screenshot; of several the first that exists."""
    destination: Destination
    pixels: tuple[tuple[int, int], ...] = ()
    """Points of the window whose colours `visual.pixels` names."""
    log_file: str | None = None
    """A file whose last lines are added to `game_context`."""
