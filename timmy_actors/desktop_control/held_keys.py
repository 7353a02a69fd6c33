"""The keys and buttons that are held down, and the file from which the next server reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from timmy_actors.desktop_control.reasons import refused

Keycode = Annotated[int, Field(ge=8, le=255)]
"""An X11 keycode."""
Button = Annotated[int, Field(ge=1, le=5)]
"""The buttons whose state X11 reports."""


class Pressed(BaseModel):
    """The keycodes and buttons that are down, and the spare keycodes that are mapped to a character."""

    model_config = ConfigDict(frozen=True)

    keys: tuple[Keycode, ...] = ()
    buttons: tuple[Button, ...] = ()
    borrowed: tuple[Keycode, ...] = ()


class HeldFile:
    """A file that lists the keys and buttons that would stay pressed if this process were killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pressed = Pressed()

    def read(self) -> Pressed:
        """The entries of the previous server; none if the file is missing or invalid."""
        try:
            self._pressed = Pressed.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            self._pressed = Pressed()
        return self._pressed

    def write(self, **changed: tuple[int, ...]) -> None:
        """Write the keys and buttons before they are pressed, and after they are released.

        Raises:
            RefusedError: the file cannot be written; then the caller must not press anything.
        """
        pressed = self._pressed.model_copy(update=changed)
        if pressed == self._pressed:
            return
        beside = self._path.with_name(self._path.name + ".new")
        try:
            # Renamed into place: a reader never sees half a file. No fsync: no key stays pressed across a reboot.
            beside.write_text(pressed.model_dump_json(), encoding="ascii")
            os.replace(beside, self._path)  # noqa: PTH105
        except OSError as error:
            raise refused(
                "record_unwritable",
                f"{self._path}: cannot be written: {error.strerror}: correct that; no key is pressed without this file",
            ) from error
        self._pressed = pressed


T = TypeVar("T")


class Held(NamedTuple):
    """A key or button that is down; `name` is the name by which it was pressed."""

    kind: Literal["key", "button"]
    code: int
    name: str


class HeldKeys(Generic[T]):
    """The held keys and buttons, each with the monotonic time of its expiry, and its target if it has one."""

    def __init__(self) -> None:
        self._expiries: dict[tuple[str, int], tuple[Held, float]] = {}
        self._targets: dict[tuple[str, int], T] = {}

    def hold(self, held: Held, until: float, target: T | None = None) -> None:
        """Add a key or button, or change its expiry; `target` None leaves its target unchanged."""
        self._expiries[held.kind, held.code] = (held, until)
        if target is not None:
            self._targets[held.kind, held.code] = target

    def remove(self, held: Held) -> None:
        """Remove a released key or button."""
        self._expiries.pop((held.kind, held.code), None)
        self._targets.pop((held.kind, held.code), None)

    def targeted(self) -> list[tuple[Held, T]]:
        """The keys and buttons that have a target, with the target, the last pressed first."""
        return [(held, self._targets[held.kind, held.code]) for held in self.all() if held[:2] in self._targets]

    def has(self, held: Held) -> bool:
        """Whether the key or button is held."""
        return (held.kind, held.code) in self._expiries

    def all(self) -> list[Held]:
        """All held keys and buttons, the last pressed first: the order in which to release them."""
        return [held for held, _ in reversed(self._expiries.values())]

    def expired(self, now: float) -> list[Held]:
        """The keys and buttons whose expiry has passed."""
        return [held for held, until in reversed(self._expiries.values()) if until <= now]

    def next_expiry(self) -> float | None:
        """When the next key or button expires; None: nothing is held."""
        return min((until for _, until in self._expiries.values()), default=None)
