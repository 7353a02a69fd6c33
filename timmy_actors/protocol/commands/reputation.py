"""A player's bounty and reputation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments


class SetBounty(CommandArguments):
    """Set a player's bounty, in gold."""

    command = "set_bounty"
    idempotent = True
    errors = ("game_refused",)
    example = {"bounty": 500}

    bounty: Annotated[int, Field(ge=0, le=1_000_000)]


class SetReputation(CommandArguments):
    """Set a player's reputation; that of all players if the server shares it, as it does by default."""

    command = "set_reputation"
    idempotent = True
    errors = ("game_refused",)
    example = {"reputation": 12}

    reputation: Annotated[int, Field(ge=-100_000, le=100_000)]


COMMANDS = (SetBounty, SetReputation)
