"""Chat lines, notes on the screen, and commands of the chat and the console."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import LONGEST_LINE, CommandArguments, Text
from timmy_actors.protocol.patterns import CHAT_COMMAND, CHAT_LINE


class Message(CommandArguments):
    """Show a line only in one player's chat window."""

    command = "message"
    idempotent = False
    example = {"text": "Welcome to Morrowind."}

    text: Text


class Chat(CommandArguments):
    """Say a line as the player, as if it had typed it: the server's scripts decide who gets it (`heard_by`)."""

    command = "chat"
    idempotent = False
    errors = ("game_refused",)
    example = {"text": "Has anybody seen Fargoth?"}

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_LINE, pattern=CHAT_LINE)]
    """It must not start with "/", as CoreScripts interpret such a line as a chat command."""


class ChatCommand(CommandArguments):
    """Run a chat command of the server as the player, with that player's rank; the token needs `chat_command`.

    The value has what the command shows: a box (`dialog`, see `answer_dialog`) and `notes`.
    """

    command = "chat_command"
    scope = "chat_command"
    idempotent = False
    errors = ("not_permitted", "game_refused")
    example = {"text": "/me waves."}

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_LINE, pattern=CHAT_COMMAND)]
    """As the player would type it: it starts with "/"."""


class Whisper(CommandArguments):
    """Say a line to one other player, with the server's own `/msg`: both see it."""

    command = "whisper"
    idempotent = False
    errors = ("game_refused",)
    example = {"to": "Jiub", "text": "Meet me at the lighthouse."}

    to: Name
    text: Text


class Broadcast(CommandArguments):
    """Show a line in every player's chat window, without a name before it."""

    command = "broadcast"
    idempotent = False
    example = {"text": "A storm is coming."}

    text: Text


class ClearChat(CommandArguments):
    """Clear a player's chat window."""

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
    """Run a console command on a player's client; requires `allow_raw` in the server's configuration."""

    command = "console"
    scope = "raw"
    idempotent = False
    errors = ("not_permitted", "game_refused")
    example = {"text": "player->additem gold_001 5"}

    text: Text


COMMANDS = (Broadcast, Chat, ChatCommand, ClearChat, Console, Message, MessageBox, Whisper)
