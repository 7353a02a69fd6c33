"""Reasons in words. An exception's own words are somebody else's code: they may raise, and they may be long."""

from __future__ import annotations

import traceback

from timmy_actors.errors import TimmyError

MAX_WORDS = 2_000
"""Characters of a reason that are kept: enough for any message meant for people."""
MAX_TRACEBACK = 20_000
"""Characters of a traceback that are logged."""


def describe(reason: BaseException | None) -> str:
    """Why an actor ended, for people: one line or a few, at most `MAX_WORDS` long. Never raises, may block."""
    if reason is None:
        return "stopped"
    kind = type(reason).__name__
    try:
        said = str(reason)
    except BaseException:  # noqa: BLE001  an exception whose words fail as well must not end whoever reports it
        return f"{kind}, which does not say why"
    return cut(said if isinstance(reason, TimmyError) else f"{kind}: {said}", MAX_WORDS)


def describe_traceback(reason: BaseException) -> str | None:
    """The traceback as text, or None where it cannot be written. Never raises, may block."""
    try:
        return cut("".join(traceback.format_exception(reason)).rstrip("\n"), MAX_TRACEBACK)
    except BaseException:  # noqa: BLE001  see `describe`
        return None


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and how much was left out."""
    # Copied either way: a `str` of a subclass would bring its own methods along.
    return str(text) if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} characters left out)"
