"""Dialogs on a player's screen.

The result comes when the player answers; set `timeout_s` long enough for a person. Past its deadline the command is
`expired`, and the dialog stays on the screen. If the player leaves, the error is `no_such_player`. A player can have
one dialog at a time: further ones are `game_refused`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol.commands._arguments import LARGEST_INT, CommandArguments, Label, Text

MAX_ENTRIES = 100_000


class Ask(CommandArguments):
    """Ask a player a question with buttons: returns the `index` (from 0) and the `choice` of the pressed button."""

    command = "ask"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "Are you the Nerevarine?", "buttons": ["Yes", "No", "Who?"]}

    text: Text
    buttons: Annotated[tuple[Label, ...], Field(min_length=1, max_length=8)]


class AskChoice(CommandArguments):
    """Let a player choose from a list: returns `index` (from 0) and `choice`, both null if the list was closed."""

    command = "ask_choice"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "Where to?", "choices": ["Balmora", "Vivec", "Ald-ruhn"]}

    text: Text
    choices: Annotated[tuple[Label, ...], Field(min_length=1, max_length=32)]


class AskText(CommandArguments):
    """Let a player type a line: returns `text`, truncated to 4096 bytes. `note` is shown below the question."""

    command = "ask_text"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "What is your name?", "note": "As it stands in the release papers"}

    text: Text
    note: Text | None = None


class AnswerDialog(CommandArguments):
    """Answer the dialog box on a player's screen as its client would; the token needs `chat_command`.

    Give `index` or `choice` for buttons and lists, `text` where one is asked for. A list is closed without either. The
    value has what the server's scripts show next (`dialog`, `notes`), and who received lines (`heard_by`). The server
    cannot close the box on a real screen: what the client still answers there is dropped.
    """

    command = "answer_dialog"
    scope = "chat_command"
    idempotent = False
    errors = ("not_permitted", "no_such_target", "game_refused")
    example = {"choice": "White pillow"}
    example_after = (("chat_command", {"text": "/craft"}),)

    number: Annotated[int, Field(ge=1, le=LARGEST_INT)] | None = None
    """The `number` of the box that is meant; None: whichever is open."""
    index: Annotated[int, Field(ge=0, le=MAX_ENTRIES)] | None = None
    choice: Text | None = None
    text: Text | None = None


COMMANDS = (AnswerDialog, Ask, AskChoice, AskText)
