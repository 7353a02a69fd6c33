"""The world that all players share: weather, time, script variables, door destinations, cells, collision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments, Weather
from timmy_actors.protocol.commands.objects import OBJECT_ERRORS

Scale = Annotated[float, Field(ge=0, le=1000)]

SHORTEST, LONGEST = -32_768, 32_767


class SetWeather(CommandArguments):
    """Set the weather of a region (default: the player's) at once; it then changes on its own again."""

    command = "set_weather"
    idempotent = True
    errors = ("no_such_place",)
    example = {"weather": "thunder"}

    weather: Weather
    region: Name | None = None


class SetTime(CommandArguments):
    """Set the hour, the date, or the speed of time by day and by night (30: an hour takes two minutes)."""

    command = "set_time"
    idempotent = True
    errors = ()
    example = {"hour": 22, "day": 3, "month": 8}

    hour: Annotated[float, Field(ge=0, le=23.99)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    year: Annotated[int, Field(ge=1, le=10_000)] | None = None
    days_passed: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    day_time_scale: Scale | None = None
    night_time_scale: Scale | None = None


class SetScriptGlobal(CommandArguments):
    """Set a global variable of the game's scripts, for all current and future players."""

    command = "set_script_global"
    idempotent = True
    errors = ()
    example = {"name": "timmy_stage", "kind": "short", "value": 3}

    name: Name
    kind: Literal["short", "long", "float"]
    value: Annotated[float, Field(ge=-2_147_483_647, le=2_147_483_647)]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> SetScriptGlobal:
        is_whole = self.value == int(self.value)
        if self.kind != "float" and not is_whole:
            raise ValueError(f"a {self.kind} is a whole number")
        if self.kind == "short" and not SHORTEST <= self.value <= LONGEST:
            raise ValueError(f"a short is between {SHORTEST} and {LONGEST}")
        return self


class OverrideDestination(CommandArguments):
    """Let every door into one cell lead into another, for all current and future players."""

    command = "override_destination"
    idempotent = True
    errors = ("no_such_cell",)
    example = {"from_cell": "Seyda Neen, Lighthouse", "to_cell": "Balmora, Guild of Mages"}

    from_cell: Name
    to_cell: Name


class ResetCell(CommandArguments):
    """Reset a loaded cell to its state in the data files; players in it reload it."""

    command = "reset_cell"
    idempotent = False
    errors = ("no_such_cell", OBJECT_ERRORS[-1])
    example = {"cell": "-2, -9"}

    cell: Name


class SetCollision(CommandArguments):
    """Set whether players, actors and placed objects collide, for all players, until the server ends."""

    command = "set_collision"
    idempotent = True
    errors = ()
    example = {"players": False, "placed_objects": True}

    players: bool | None = None
    actors: bool | None = None
    placed_objects: bool | None = None
    placed_objects_as_actors: bool | None = None


class ServerInfo(CommandArguments):
    """Get the server's version, port, players, created objects and uptime."""

    command = "server_info"
    idempotent = True
    errors = ()
    example = {}


COMMANDS = (OverrideDestination, ResetCell, ServerInfo, SetCollision, SetScriptGlobal, SetTime, SetWeather)
