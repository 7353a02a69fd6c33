"""The dialog box on the player's screen."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Model


class DialogBox(Model):
    """A box that a script of the server shows, without colour codes; `answer_dialog` answers it."""

    number: Count
    """Boxes are counted: an answer that names this number cannot reach another box."""
    kind: Literal["buttons", "list", "text"]
    text: str
    note: str | None = None
    """What stands below the line in which the player types."""
    choices: tuple[str, ...]
    """The captions of the buttons, or the entries of the list; none if a text is asked for."""
    truncated: bool = False
    """Whether there are more entries."""


class Dialog(Model):
    """The box on the player's screen; boxes that ask for a password are left out."""

    open: DialogBox | None = None
