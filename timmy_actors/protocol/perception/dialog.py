"""What scripts of the server show on the player's screen."""

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


class Note(Model):
    """A message box without buttons, which goes away by itself. Numbers and times as of boxes and chat lines."""

    number: Count
    text: str
    now: Count


class Dialog(Model):
    """The open box (those that ask for a password are left out), and the latest ten notes, oldest first."""

    open: DialogBox | None = None
    notes: tuple[Note, ...] = ()
