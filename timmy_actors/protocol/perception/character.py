"""The player's position, stats and condition."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Integer, Model


class Position(Model):
    """The player's position (`tes3mp.GetCell`, `GetPos*`, `GetRot*`)."""

    cell: str
    """TES3MP's cell description: `"-3, -2"` for an exterior, the exact name of an interior."""
    exterior: bool
    region: str
    place: str | None = None
    """The known town or landmark that this cell belongs to: by the name used in the `teleport` that sent the player
    there, else by its first name."""
    x: float
    y: float
    z: float
    pitch: float
    yaw: float


class Gauge(Model):
    """A dynamic stat: its current value and its maximum."""

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
    """The player's character and stats."""

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
    """Skill points gained since the last level; ten give the next."""
    bounty: Integer = 0
    reputation: Integer = 0


class Mark(Model):
    """The place where the player last cast Mark, to which Recall leads."""

    cell: str
    x: float
    y: float
    z: float


class Condition(Model):
    """The player's stance and shape (`tes3mp.GetDrawState`, `GetSneakState`, ...)."""

    dead: bool
    drawn: Literal["nothing", "weapon", "spell"]
    sneaking: bool
    werewolf: bool
    scale: float
    creature: str = ""
    """The record of the creature whose shape the player has; empty: its own shape."""
    mark: Mark | None = None
