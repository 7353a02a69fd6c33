"""Dialogs on a player's screen.

The result comes when the player answers; set `timeout_s` long enough for a person. Past its deadline the command is
`expired`, and the dialog stays on the screen. If the player leaves, the error is `no_such_player`. A player can have
one dialog at a time: further ones are `game_refused`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments, Label, Text


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


COMMANDS = (Ask, AskChoice, AskText)
