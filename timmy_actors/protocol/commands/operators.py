"""Operators' tools; the token needs `operate`. `player` need not be in the game.

`docs/tes3mp.md` has examples.
"""

from __future__ import annotations

from typing import ClassVar

from timmy_actors.protocol._base import ErrorCode, Scope
from timmy_actors.protocol.commands._arguments import CommandArguments, Text


class ForOperators(CommandArguments):
    """The base: a command for the operator. Where nobody is meant, `player` has no effect."""

    scope: ClassVar[Scope] = "operate"
    of_server = True
    errors: ClassVar[tuple[ErrorCode, ...]] = ("not_permitted",)


class ListPlayers(ForOperators):
    """List everybody who is connected: `pid`, `name`, `logged_in`, `ping_ms`, `cell` and `rank` of each."""

    command = "list_players"
    idempotent = True
    example = {}


class Ban(ForOperators):
    """Ban an account: it cannot log in any more, and is disconnected if it is there.

    CoreScripts ban the address from which a banned account gives its password, with everybody there. `addresses`: ban
    at once every address from which it logged in.
    """

    command = "ban"
    names_player = True
    idempotent = True
    errors = ("not_permitted", "game_refused")
    example = {"reason": "You were asked to stop."}

    reason: Text | None = None
    addresses: bool = False


class Unban(ForOperators):
    """Lift the ban of an account, and of the addresses from which it logged in or tried to."""

    command = "unban"
    names_player = True
    idempotent = True
    errors = ("not_permitted", "game_refused")
    example = {}
    example_after = (("ban", {"player": "Nerevar"}),)

    addresses: bool = True


class ResetKills(ForOperators):
    """Set every kill count to 0: quests and scripts that count kills start again."""

    command = "reset_kills"
    idempotent = True
    errors = ("not_permitted", "game_refused")
    example = {}


class SaveAll(ForOperators):
    """Save all players, cells, records and the world; says how many players and cells, and how many saves `failed`."""

    command = "save_all"
    idempotent = True
    example = {}


class StopServer(ForOperators):
    """Save everything as `save_all` does, and stop the server; `text` is said to everybody before.

    Nothing starts it again but what the host has for that. `force`: stop it although a save failed.
    """

    command = "stop_server"
    idempotent = False
    errors = ("not_permitted", "game_refused")
    example = {"text": "The server goes down for repairs."}

    text: Text | None = None
    force: bool = False


COMMANDS = (Ban, ListPlayers, ResetKills, SaveAll, StopServer, Unban)
