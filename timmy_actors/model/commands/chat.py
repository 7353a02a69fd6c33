"""What a player is told, and what its client is made to run."""

from __future__ import annotations

from timmy_actors.model.commands._arguments import CommandArguments, Text


class Message(CommandArguments):
    """Show a line in a player's chat window."""

    command = "message"
    idempotent = False
    example = {"text": "Welcome to Morrowind."}

    text: Text


class Console(CommandArguments):
    """Run a console command on a player's client, where the server's configuration says `allow_raw`."""

    command = "console"
    idempotent = False
    errors = ("not_permitted", "game_refused")
    example = {"text": "player->additem gold_001 5"}

    text: Text


COMMANDS = (Console, Message)
