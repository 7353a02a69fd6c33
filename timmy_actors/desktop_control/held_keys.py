"""The keys that are held down, and the file that says so to whoever comes next."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

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


class HeldFile:
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


T = TypeVar("T")


class Held(NamedTuple):
    """A key or a button that is down; `name` is what it was called when it was pressed."""

    kind: Literal["key", "button"]
    code: int
    name: str


class HeldKeys(Generic[T]):
    """What is held, each with the monotonic time at which it is let go whatever happens, and what it is aimed at."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], tuple[Held, float]] = {}
        self._aims: dict[tuple[str, int], T] = {}

    def hold(self, held: Held, until: float, aim: T | None = None) -> None:
        """Note it, or move its end; without `aim` it stays aimed as it was."""
        self._until[held.kind, held.code] = (held, until)
        if aim is not None:
            self._aims[held.kind, held.code] = aim

    def let_go(self, held: Held) -> None:
        """Strike it out."""
        self._until.pop((held.kind, held.code), None)
        self._aims.pop((held.kind, held.code), None)

    def aimed(self) -> list[tuple[Held, T]]:
        """What is aimed at something, with that, the last pressed first."""
        return [(held, self._aims[held.kind, held.code]) for held in self.all() if held[:2] in self._aims]

    def has(self, held: Held) -> bool:
        """Whether it is down."""
        return (held.kind, held.code) in self._until

    def all(self) -> list[Held]:
        """Everything, the last pressed first: that is the order to let go in."""
        return [held for held, _ in reversed(self._until.values())]

    def due(self, now: float) -> list[Held]:
        """What should have been let go by now."""
        return [held for held, until in reversed(self._until.values()) if until <= now]

    def next_end(self) -> float | None:
        """When the next is due; None: nothing is held."""
        return min((until for _, until in self._until.values()), default=None)
