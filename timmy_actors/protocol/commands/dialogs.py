"""What a player is asked in a box on its screen.

The result comes when the player answers; give such a command the time that people take (`timeout_s`). Past its
deadline it is `expired`, and the box stays on the screen. A player who leaves has not answered: `no_such_player`. One
question at a time: more are `game_refused`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol.commands._arguments import CommandArguments, Label, Text


class Ask(CommandArguments):
    """Ask a player something, to be answered with a button: `index` (from 0) and `choice` of what was pressed."""

    command = "ask"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "Are you the Nerevarine?", "buttons": ["Yes", "No", "Who?"]}

    text: Text
    buttons: Annotated[tuple[Label, ...], Field(min_length=1, max_length=8)]


class AskChoice(CommandArguments):
    """Let a player choose from a list: `index` (from 0) and `choice`, both null when it closed the list."""

    command = "ask_choice"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "Where to?", "choices": ["Balmora", "Vivec", "Ald-ruhn"]}

    text: Text
    choices: Annotated[tuple[Label, ...], Field(min_length=1, max_length=32)]


class AskText(CommandArguments):
    """Let a player type a line: `text`, cut after 4096 bytes. `note` stands below the question."""

    command = "ask_text"
    idempotent = False
    errors = ("game_refused", "expired")
    example = {"text": "What is your name?", "note": "As it stands in the release papers"}

    text: Text
    note: Text | None = None


COMMANDS = (Ask, AskChoice, AskText)
