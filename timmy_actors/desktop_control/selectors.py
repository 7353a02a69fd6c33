"""Window selectors: a title, or `id:`, `class:` or `pid:` if several windows share a title."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from timmy_actors.desktop_control.questions import PidQuestion
from timmy_actors.desktop_control.reasons import refused

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

Titles = str | Sequence[str]


def as_patterns(titles: Titles) -> list[str]:
    """One selector or several, as a list.

    Raises:
        RefusedError: the list or a selector is empty.
    """
    patterns = [titles] if isinstance(titles, str) else list(titles)
    if not patterns or not all(pattern.strip() for pattern in patterns):
        raise refused("bad_arguments", "window_title: must be a title or a list of titles, none of them empty")
    return patterns


def matches(title: str, pattern: str) -> bool:
    """Whether a title matches, ignoring letter case and outer spaces; `*` matches any text."""
    if "*" not in pattern:
        return title.strip().casefold() == pattern.strip().casefold()
    literal = pattern.strip().casefold().replace("[", "[[]").replace("?", "[?]")
    return re.match(fnmatch.translate(literal), title.strip().casefold()) is not None


KINDS = ("id", "class", "pid", "title")


def is_meant(display: Display, window: Window, title: str, text: str) -> bool:
    """Whether `text` selects a window.

    `id:0x2a00003`, `pid:4711`, `class:openmw` (either name in WM_CLASS), or a title; `title:...` is for a title that
    begins with one of these prefixes.

    Raises:
        RefusedError: `bad_arguments`: `id:` or `pid:` is not followed by a number.
    """
    kind, colon, value = text.strip().partition(":")
    if not colon or kind not in KINDS:
        return matches(title, text)
    match kind:
        case "id":
            return window.id == _number(text, value)
        case "pid":
            return PidQuestion(display, window).answer() == _number(text, value)
        case "class":
            return any(matches(name, value) for name in classes_of(window))
    return matches(title, value)


def classes_of(window: Window) -> tuple[str, ...]:
    """The instance name and the class name in WM_CLASS."""
    return tuple(window.get_wm_class() or ())


def _number(text: str, value: str) -> int:
    try:
        return int(value.strip(), 0)
    except ValueError:
        raise refused("bad_arguments", f"window_title {text[:80]!r}: must have a number after the colon") from None
