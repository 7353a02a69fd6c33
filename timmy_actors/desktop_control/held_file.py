"""What is held, on disk: a server that was killed cannot let go, so its successor does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from timmy_actors.desktop_control.reasons import refused

Keycode = Annotated[int, Field(ge=8, le=255)]
"""As X11 numbers keys."""
Button = Annotated[int, Field(ge=1, le=5)]
"""Those whose state X11 tells."""


class Pressed(BaseModel):
    """The keycodes and buttons that are down, and the spare keycodes that were taught a character."""

    model_config = ConfigDict(frozen=True)

    keys: tuple[Keycode, ...] = ()
    buttons: tuple[Button, ...] = ()
    borrowed: tuple[Keycode, ...] = ()


class Record:
    """A file that says at every moment what would stay pressed if this process were killed now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pressed = Pressed()

    def read(self) -> Pressed:
        """What the last server left; nothing, where the file is missing or is not ours."""
        try:
            self._pressed = Pressed.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            self._pressed = Pressed()
        return self._pressed

    def note(self, **changed: tuple[int, ...]) -> None:
        """Write what is about to be pressed, or was let go.

        Raises:
            RefusedError: it cannot be written; then nothing may be pressed either.
        """
        pressed = self._pressed.model_copy(update=changed)
        if pressed == self._pressed:
            return
        beside = self._path.with_name(self._path.name + ".new")
        try:
            # Renamed into place: a reader never sees half of it. No fsync: what is pressed does not outlive a reboot.
            beside.write_text(pressed.model_dump_json(), encoding="ascii")
            os.replace(beside, self._path)  # noqa: PTH105
        except OSError as error:
            raise refused(
                "record_unwritable",
                f"{self._path}: cannot note what is held: {error.strerror}: without that nothing is pressed",
            ) from error
        self._pressed = pressed
