"""Reasons in words."""

from __future__ import annotations

from timmy_actors.errors import TimmyError


def describe(reason: BaseException | None) -> str:
    """Why an actor ended, for people."""
    if reason is None:
        return "stopped"
    if isinstance(reason, TimmyError):
        return str(reason)
    return f"{type(reason).__name__}: {reason}"
