"""Portals: the games of `portals.json` that the agent can perceive and act in, and the check of one."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Model, Name, StrictModel
from timmy_actors.protocol.action import Action
from timmy_actors.protocol.portal_status import PortalId, PortalState

BindingName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9 _-]*$")]
MAX_STEPS = 8
"""The maximum number of steps of one binding: a longer plan is the agent's task."""
Steps = Annotated[tuple[Action, ...], Field(max_length=MAX_STEPS)]


class Destination(StrictModel):
    """The destination of a portal; validated, not interpreted."""

    type: Name
    params: dict[str, Any] = Field(default_factory=dict)


class GameSettings(StrictModel):
    """How to read a player's own key bindings from the game's settings file.

    An action that the file does not bind keeps its key in `actions`. An action whose value is not in `keys` is refused,
    as its default would be wrong.
    """

    file: str
    """The file's path; `~` is the home of the daemon's user."""
    xpath: tuple[str, ...] = ()
    """For XML: ElementTree paths ending in `/@ATTRIBUTE`; `{}` stands for the game's name of the action."""
    regex: tuple[str, ...] = ()
    """For text: patterns with one group; `{}` as above. The first match is used."""
    names: dict[BindingName, Name]
    """The game's name of each action, by the portal's name."""
    keys: dict[str, Name]
    """The key's name, `mouse left` or `mouse right`, by the value in the file."""

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
    """The initial state, which the file format has: never written back, never a reason not to start."""
    app_id: Annotated[int, Field(ge=0)]
    """The Steam application, for the Steam calls."""
    window_title: Name | tuple[Name, ...]
    """The title of the game's window, to capture; of several, the first that exists."""
    destination: Destination
    pixels: tuple[tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], ...] = ()
    """Points of the window whose colours `visual.pixels` lists."""
    log_file: str | None = None
    """A file whose last lines are added to `game_context`. A relative path starts at the catalog's folder, `~` is the
    home of the daemon's user."""
    actions: dict[BindingName, Action | Steps] = Field(default_factory=dict)
    """The game's own names for actions: one step, or several in order."""
    notes: dict[BindingName, str] = Field(default_factory=dict)
    """Remarks on actions, for example where the game's key is not the expected one."""
    after_failure: dict[BindingName, Steps] = Field(default_factory=dict)
    """For actions of several steps: the steps to execute when a later step fails, so that no dialog stays open."""
    settings: GameSettings | None = None
    """Where to read the player's own bindings."""
    prompts: Name | None = None
    """The file in `training/data/` that teaches a model this game."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The window titles, in order of preference."""
        return (self.window_title,) if isinstance(self.window_title, str) else self.window_title


class Catalog(StrictModel):
    """The content of `portals.json`; a plain list of portals is valid too."""

    schema_file: Annotated[str | None, Field(alias="$schema")] = None
    """The path of the JSON Schema, for editors."""
    portals: tuple[PortalEntry, ...]


class Finding(Model):
    """One result of a check."""

    what: str
    ok: bool
    detail: str


class PortalCheck(Model):
    """The results of checking a portal."""

    portal: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether every finding is ok."""
        return all(finding.ok for finding in self.findings)
