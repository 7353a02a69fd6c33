"""Portals: the games that the agent can perceive and act in, as `portals.json` lists them, and how each one does."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Model, Name, StrictModel
from timmy_actors.protocol.action import Action

PortalId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
BindingName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9 _-]*$")]
PortalState = Literal["offline", "starting", "ready", "degraded"]
MAX_STEPS = 8
"""Steps of one binding: more is a plan, and an agent's own."""


class Destination(StrictModel):
    """Where a portal leads; validated and handed on."""

    type: Name
    params: dict[str, Any] = Field(default_factory=dict)


class GameSettings(StrictModel):
    """How a player's own bindings are read from the game's settings file.

    What it does not say stays as `actions` has it. A value that is not in `keys` refuses the action, as its default
    would be wrong.
    """

    file: str
    """`~` is the daemon's user's home."""
    xpath: tuple[str, ...] = ()
    """For XML: ElementTree's paths that end in `/@ATTRIBUTE`; `{}` stands for the game's name of the action."""
    regex: tuple[str, ...] = ()
    """For text: patterns with one group; `{}` as above. The first that matches counts."""
    names: dict[BindingName, Name]
    """By the portal's name of an action: the game's."""
    keys: dict[str, Name]
    """By the value that the file has: a key's name, `mouse left` or `mouse right`."""

    @model_validator(mode="after")
    def _one_way_to_look(self) -> GameSettings:
        if bool(self.xpath) == bool(self.regex):
            raise ValueError("give xpath or regex, one of them")
        for pattern in self.regex:
            if re.compile(pattern.replace("{}", "")).groups != 1:
                raise ValueError(f"regex {pattern!r} must have one group, around the value")
        for path in self.xpath:
            if "/@" not in path:
                raise ValueError(f"xpath {path!r} must end in /@ATTRIBUTE")
        return self


class PortalEntry(StrictModel):
    """One game: an entry of `portals.json`."""

    id: PortalId
    name: Name
    description: str
    status: PortalState = "offline"
    """The initial word only: never written back, never a bar to starting."""
    app_id: Annotated[int, Field(ge=0)]
    """The Steam application, for the Steam calls."""
    window_title: Name | tuple[Name, ...]
    """The game window's title, for aiming the screenshot; of several the first that exists."""
    destination: Destination
    pixels: tuple[tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], ...] = ()
    """Points of the window whose colours `visual.pixels` names."""
    log_file: str | None = None
    """A file whose last lines are added to `game_context`. A relative path starts at the catalog's folder, `~` is the
    home of the daemon's user."""
    actions: dict[BindingName, Action | tuple[Action, ...]] = Field(default_factory=dict)
    """The game's own names for actions: a step, or several in their order."""
    notes: dict[BindingName, str] = Field(default_factory=dict)
    """What to know of an action: where the game's key is another than one would think."""
    after_failure: dict[BindingName, tuple[Action, ...]] = Field(default_factory=dict)
    """By an action of several steps: what is done where a later step fails, so that no box stays open."""
    settings: GameSettings | None = None
    """Where the player's own bindings stand."""
    prompts: Name | None = None
    """The file in `training/data/` that teaches a model this game."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The window titles, the best first."""
        return (self.window_title,) if isinstance(self.window_title, str) else self.window_title


class Catalog(StrictModel):
    """All of `portals.json`; a bare list of portals is one as well."""

    schema_file: Annotated[str | None, Field(alias="$schema")] = None
    """For editors."""
    portals: tuple[PortalEntry, ...]


class ServerStatus(Model):
    """One MCP server: whether it can be called, and what it is."""

    name: str
    state: Literal["offline", "starting", "ready", "down"] = "offline"
    """`offline`: nobody has needed it yet. `down`: it ended, and is started again."""
    reason: str | None = None
    """Why it is not ready."""
    since: datetime | None = None
    generation: int = 0
    """How often it was started."""
    failures: int = 0
    """How often in a row it ended without having been ready."""
    pid: int | None = None
    server: str | None = None
    """Name and version, as it says itself."""
    protocol: str | None = None
    """The revision of the Model Context Protocol that was agreed on."""
    tools: tuple[str, ...] = ()
    """What it offers, by its own names."""


class PortalStatus(Model):
    """How a portal does, with the reasons."""

    id: str
    state: PortalState
    reasons: tuple[str, ...] = ()
    catalog_error: str | None = None
    """Why the catalog on disk is not the one in force."""
    servers: tuple[ServerStatus, ...] = ()


class Finding(Model):
    """One line of a check."""

    what: str
    ok: bool
    told: str


class PortalCheck(Model):
    """What works of a portal, and what does not."""

    portal: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything does."""
        return all(finding.ok for finding in self.findings)
