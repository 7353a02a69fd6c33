"""Reasons in words."""

from __future__ import annotations

from timmy_actors.errors import TimmyError


def describe(reason: BaseException | None) -> str:
    """Why an actor ended, for people."""
    if reason is None:
        return "stopped"
    try:
        return str(reason) if isinstance(reason, TimmyError) else f"{type(reason).__name__}: {reason}"
    except Exception:  # noqa: BLE001  an exception whose words fail as well must not end whoever reports it
        return f"{type(reason).__name__}, which does not say why"
