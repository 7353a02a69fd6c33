"""Decides what a changed configuration restarts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from timmy_actors.daemon.settings import ServerSettings, Settings
from timmy_actors.portals import DESKTOP, STEAM

Part = Literal["log level", "link", "perception", "portals", "desktop-control", "steam-info", "portal choice"]
ORDER: Final[tuple[Part, ...]] = (
    "log level", "link", "perception", "portals", "desktop-control", "steam-info", "portal choice",
)  # fmt: skip
"""The parts in the order of applying them."""
COVERED: Final[dict[Part, tuple[Part, ...]]] = {
    "link": ("perception",),
    "portals": (DESKTOP, STEAM),
}
"""What the restart of a part restarts too."""
_SESSION_KEYS = frozenset(ServerSettings.model_fields) - {"tools"}
_PARTS: Final[dict[str, Part | None]] = {
    "log_level": "log level",
    "portal": "portal choice",
    "portals_file": "portals",
    "tools_file": "portals",
    "link.address": "link",
    "link.mechanism": "link",
    "link.token_file": "link",
    "link.heartbeat_interval_s": "link",
    "perception": "perception",
    **{f"desktop.{key}": DESKTOP for key in _SESSION_KEYS},
    **{f"steam.{key}": STEAM for key in _SESSION_KEYS - {"environment"}},  # it may have the Steam key
    "desktop.captures_folder": None,  # the HTTP server uses it too
    "desktop": "portals",
    "steam": "portals",
}
"""The part that uses a key or a whole table. A key of no part needs a restart of the daemon."""


@dataclass(frozen=True)
class ReloadPlan:
    """What a reload does."""

    settings: Settings
    """The settings in effect afterwards: keys that need a restart of the daemon keep their old values."""
    changed: tuple[str, ...] = ()
    """The changed keys that are applied."""
    parts: tuple[Part, ...] = ()
    """What to restart or apply, in this order."""
    needs_restart: tuple[str, ...] = ()
    """The changed keys that only a restart of the daemon applies."""

    def describe(self) -> str:
        """The plan in one line."""
        if not self.changed and not self.needs_restart:
            return "nothing has changed"
        lines = [f"{', '.join(self.changed)} applied ({', '.join(self.parts)})"] if self.changed else []
        if self.needs_restart:
            lines.append(f"{', '.join(self.needs_restart)} keeps its old value: restart the daemon to apply it")
        return "; ".join(lines)


def make_plan(old: Settings, new: Settings) -> ReloadPlan:
    """Compare two configurations."""
    changed = list(_changes(old, new))
    needs_restart = tuple(key for key in changed if _part_of(key) is None)
    applied = tuple(key for key in changed if key not in needs_restart)
    parts = {part for key in applied if (part := _part_of(key)) is not None}
    covered = {other for part in parts for other in COVERED.get(part, ())}
    return ReloadPlan(
        _effective(old, new, needs_restart),
        applied,
        tuple(part for part in ORDER if part in parts - covered),
        needs_restart,
    )


def _part_of(key: str) -> Part | None:
    return _PARTS[key] if key in _PARTS else _PARTS.get(key.partition(".")[0])


def _changes(old: Settings, new: Settings) -> Iterator[str]:
    for name, before, after in _differences(old, new):
        if hasattr(type(after), "model_fields"):
            for key, _, _ in _differences(before, after):
                yield f"{name}.{key}"
        else:
            yield name


def _differences(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, before, after


def _effective(old: Settings, new: Settings, kept: tuple[str, ...]) -> Settings:
    for key in kept:
        table, _, name = key.rpartition(".")
        if table:
            section = getattr(new, table).model_copy(update={name: getattr(getattr(old, table), name)})
            new = new.model_copy(update={table: section})
        else:
            new = new.model_copy(update={key: getattr(old, key)})
    return new
