"""The result of a check, and what the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from timmy_actors.daemon import Settings
from timmy_actors.protocol import Health

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One line of the report."""

    name: str
    state: State
    detail: str
    remedy: str = ""
    """What to do; empty where the detail says it, or nothing is to be done."""


@dataclass(frozen=True)
class Subject:
    """What is examined."""

    file: Path
    """The configuration's file."""
    settings: Settings
    """The settings in it; the defaults if it is invalid."""
    endpoint: str
    health: Health | None
    """The health of the daemon at the endpoint; None if none answers."""

    @property
    def folder(self) -> Path:
        """The folder of the configuration."""
        return self.file.parent


def ok(name: str, detail: str) -> Check:
    """A check without a fault."""
    return Check(name, "ok", detail)


def warn(name: str, detail: str, remedy: str = "") -> Check:
    """A fault that the daemon can run with."""
    return Check(name, "warn", detail, remedy)


def fail(name: str, detail: str, remedy: str = "") -> Check:
    """A fault that keeps the daemon from its work."""
    return Check(name, "fail", detail, remedy)
