"""Permissions and settings of a player's client."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments


class SetPermission(CommandArguments):
    """Allow or forbid a player the console, rest in beds or the wilderness, or waiting; default: as the server does."""

    command = "set_permission"
    idempotent = True
    errors = ("game_refused",)
    example = {"permission": "wait", "allowed": False}

    permission: Literal["console", "bed_rest", "wilderness_rest", "wait"]
    allowed: bool | None = None


class SetClientSetting(CommandArguments):
    """Set a numeric setting of a player's client; default: the server's value.

    `difficulty` is -100 to 100, `physics_framerate` 10 to 1000 frames per second, `log_level` -1 (the client's) to 4.
    """

    command = "set_client_setting"
    idempotent = True
    errors = ("game_refused",)
    example = {"setting": "difficulty", "value": 20}

    setting: Literal["difficulty", "physics_framerate", "log_level"]
    value: Annotated[int, Field(ge=-100, le=1000)] | None = None


COMMANDS = (SetClientSetting, SetPermission)
