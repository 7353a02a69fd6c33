"""Who the player is, where it stands and how it fares."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Integer, Model


class Position(Model):
    """Where the player stands (`tes3mp.GetCell`, `GetPos*`, `GetRot*`)."""

    cell: str
    """TES3MP's cell description: `"-3, -2"` for an exterior, the exact name of an interior."""
    exterior: bool
    region: str
    place: str | None = None
    """The town or landmark of the gazetteer that this cell belongs to: as it was called where the player was sent there
    (`teleport` takes other names too), else by the first of its names."""
    x: float
    y: float
    z: float
    pitch: float
    yaw: float


class Gauge(Model):
    """A dynamic stat: what is left, and what full is."""

    current: float
    base: float


class Attribute(Model):
    """An attribute's base value and the damage it has taken."""

    base: float
    damage: float = 0


class Skill(Model):
    """A skill's base value, damage, and progress to the next point (0 to 1)."""

    base: float
    damage: float = 0
    progress: float = 0


class Stats(Model):
    """Who the player is and how it fares."""

    level: Integer
    health: Gauge
    magicka: Gauge
    fatigue: Gauge
    attributes: dict[str, Attribute]
    skills: dict[str, Skill]
    race: str
    gender: Literal["male", "female"]
    character_class: Annotated[str, Field(alias="class")]
    birthsign: str
    level_progress: Integer = 0
    """Skill points gained since the last level; ten make the next."""
    bounty: Integer = 0
    reputation: Integer = 0


class Mark(Model):
    """Where the Mark spell was cast last, and Recall leads to."""

    cell: str
    x: float
    y: float
    z: float


class Condition(Model):
    """What the player's body is doing and what it has turned into (`tes3mp.GetDrawState`, `GetSneakState`, ...)."""

    dead: bool
    drawn: Literal["nothing", "weapon", "spell"]
    sneaking: bool
    werewolf: bool
    scale: float
    creature: str = ""
    """The creature record whose shape it has; empty for its own."""
    mark: Mark | None = None
