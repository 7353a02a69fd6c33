"""What players are told: in the chat, on the screen; and what a client is made to run."""

from __future__ import annotations

from timmy_actors.model.commands._arguments import CommandArguments, Text


class Message(CommandArguments):
    """Show a line in a player's chat window, to nobody else."""

    command = "message"
    idempotent = False
    example = {"text": "Welcome to Morrowind."}

    text: Text


class Chat(CommandArguments):
    """Let everybody read a line that the player says, with its name before it."""

    command = "chat"
    idempotent = False
    example = {"text": "Has anybody seen Fargoth?"}

    text: Text


class Broadcast(CommandArguments):
    """Show a line in everybody's chat window, with nobody's name before it."""

    command = "broadcast"
    idempotent = False
    example = {"text": "A storm is coming."}

    text: Text


class ClearChat(CommandArguments):
    """Empty a player's chat window."""

    command = "clear_chat"
    idempotent = True
    example = {}


class MessageBox(CommandArguments):
    """Show a note on a player's screen for a few seconds."""

    command = "message_box"
    idempotent = False
    example = {"text": "Your journal has been updated."}

    text: Text


class Console(CommandArguments):
    """Run a console command on a player's client, where the server's configuration says `allow_raw`."""

    command = "console"
    idempotent = False
    errors = ("not_permitted", "game_refused")
    example = {"text": "player->additem gold_001 5"}

    text: Text


COMMANDS = (Broadcast, Chat, ClearChat, Console, Message, MessageBox)
