"""Formats exceptions as text. The `__str__` of an exception is foreign code: it may raise, and its text may be long."""

from __future__ import annotations

import traceback

from timmy_actors.errors import TimmyError

MAX_WORDS = 2_000
"""The most characters of a reason that are stored, enough for any message to people."""
MAX_TRACEBACK = 20_000
"""The most characters of a traceback that are logged."""


def describe(reason: BaseException | None) -> str:
    """Why an actor ended, as text of at most `MAX_WORDS` characters. Never raises, may block."""
    if reason is None:
        return "stopped"
    kind = type(reason).__name__
    try:
        message = str(reason)
    except BaseException:  # noqa: BLE001  a failing `__str__` must not end the caller
        return f"{kind}, whose message cannot be formatted"
    return cut(message if isinstance(reason, TimmyError) else f"{kind}: {message}", MAX_WORDS)


def describe_traceback(reason: BaseException) -> str | None:
    """The traceback as text, or None if it cannot be formatted. Never raises, may block."""
    try:
        return cut("".join(traceback.format_exception(reason)).rstrip("\n"), MAX_TRACEBACK)
    except BaseException:  # noqa: BLE001  see `describe`
        return None


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and the number of omitted characters."""
    # Copied in both cases, because a subclass of `str` may have its own methods.
    return str(text) if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} characters left out)"
