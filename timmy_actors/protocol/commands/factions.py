"""A player's rank, reputation and membership in factions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments


class SetFactionRank(CommandArguments):
    """Let a player join a faction (rank 0), or set its rank, from 0 to 9.

    Ranks above 0 are accepted only for the ten factions known to have ten ranks, as a rank must exist in its faction.
    The rank applies to all players if the server shares ranks, as it does by default.
    """

    command = "set_faction_rank"
    idempotent = True
    errors = ("game_refused",)
    example = {"faction": "mages guild", "rank": 2}

    faction: Name
    rank: Annotated[int, Field(ge=0, le=9)]


class SetFactionReputation(CommandArguments):
    """Set a player's reputation in a faction."""

    command = "set_faction_reputation"
    idempotent = True
    errors = ("game_refused",)
    example = {"faction": "mages guild", "reputation": 15}

    faction: Name
    reputation: Annotated[int, Field(ge=-100_000, le=100_000)]


class SetFactionExpelled(CommandArguments):
    """Expel a player from a faction, or readmit it (`expelled=False`)."""

    command = "set_faction_expelled"
    idempotent = True
    errors = ("game_refused",)
    example = {"faction": "mages guild", "expelled": True}

    faction: Name
    expelled: bool


class LeaveFaction(CommandArguments):
    """Let a player leave a faction; its rank must be 0 (`set_faction_rank`)."""

    command = "leave_faction"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"faction": "mages guild"}
    example_after = (("set_faction_rank", {"faction": "mages guild", "rank": 0}),)

    faction: Name


COMMANDS = (LeaveFaction, SetFactionExpelled, SetFactionRank, SetFactionReputation)
