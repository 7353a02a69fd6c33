"""An actor's behaviour: the game's AI packages, run by the client that simulates the actor's cell.

A package lasts until another replaces it. A player who enters the cell later gets it from the server, except the
destination of an escort and the duration of a wander, which CoreScripts do not resend.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from timmy_actors.protocol._base import ErrorCode, Name
from timmy_actors.protocol.commands._arguments import Coordinate, OfObject, UniqueIndex

AI_ERRORS: tuple[ErrorCode, ...] = ("no_such_cell", "no_such_target", "game_refused")
FARGOTH = {"unique_index": "102001-0"}
"""An NPC of the embedded world, near where its players start."""

Hours = Annotated[int, Field(ge=0, le=1000)]
"""Hours of the game; 0: no limit."""


class OfTarget(OfObject):
    """A package about a player (`target_player`, a name) or an object or actor (`target`, its unique index)."""

    target_player: Name | None = None
    target: UniqueIndex | None = None

    @model_validator(mode="after")
    def _one_target(self) -> OfTarget:
        if (self.target_player is None) == (self.target is None):
            raise ValueError("give target_player (a name) or target (a unique index), one of them")
        return self


class ActorTravel(OfObject):
    """Let an actor walk to a point."""

    command = "actor_travel"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "x": -11000, "y": -70500, "z": 214}

    x: Coordinate
    y: Coordinate
    z: Coordinate


class ActorFollow(OfTarget):
    """Let an actor follow a player or another actor."""

    command = "actor_follow"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "target_player": "Timmy"}


class ActorEscort(OfTarget):
    """Let an actor lead a player or another actor to a point."""

    command = "actor_escort"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "target_player": "Timmy", "x": -11000, "y": -70500, "z": 214}

    x: Coordinate
    y: Coordinate
    z: Coordinate
    duration: Hours = 0


class ActorWander(OfObject):
    """Let an actor wander around its position."""

    command = "actor_wander"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "distance": 300}

    distance: Annotated[int, Field(ge=0, le=32_768)] = 512
    """The maximum distance from its position, in game units."""
    duration: Hours = 0
    repeats: Annotated[bool, Field(alias="repeat")] = True


class ActorFight(OfTarget):
    """Let an actor attack a player or another actor."""

    command = "actor_fight"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "target": "102004-0"}


class ActorActivate(OfObject):
    """Let an actor activate an object, for example a door, once."""

    command = "actor_activate"
    idempotent = False
    errors = AI_ERRORS
    example = {**FARGOTH, "target": "103001-0"}

    target: UniqueIndex


class ActorStop(OfObject):
    """Cancel an actor's AI package and let it stand still."""

    command = "actor_stop"
    idempotent = True
    errors = AI_ERRORS
    example = FARGOTH


COMMANDS = (ActorActivate, ActorEscort, ActorFight, ActorFollow, ActorStop, ActorTravel, ActorWander)
