"""Which window a text means: by its title, or by `id:`, `class:` or `pid:` where two share a title."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from Xlib.ext import res

from timmy_actors.desktop_control.reasons import refused

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

Titles = str | Sequence[str]


def as_patterns(titles: Titles) -> list[str]:
    """One title or many, as a list.

    Raises:
        RefusedError: there is none, or one is empty.
    """
    patterns = [titles] if isinstance(titles, str) else list(titles)
    if not patterns or not all(pattern.strip() for pattern in patterns):
        raise refused("bad_arguments", "window_title: give a title, or a list of titles, none of them empty")
    return patterns


def matches(title: str, pattern: str) -> bool:
    """Whether a title is the one meant: the same text, letter case and outer spaces aside; `*` stands for anything."""
    if "*" not in pattern:
        return title.strip().casefold() == pattern.strip().casefold()
    literal = pattern.strip().casefold().replace("[", "[[]").replace("?", "[?]")
    return re.match(fnmatch.translate(literal), title.strip().casefold()) is not None


KINDS = ("id", "class", "pid", "title")


def is_meant(display: Display, window: Window, title: str, text: str) -> bool:
    """Whether a window is the one that `text` means.

    `id:0x2a00003`, `pid:4711`, `class:openmw` (either of the two names of WM_CLASS); `title:...` is a title that begins
    like one of these, and anything else is a title.

    Raises:
        RefusedError: `bad_arguments`: no number stands where one must.
    """
    kind, colon, value = text.strip().partition(":")
    if not colon or kind not in KINDS:
        return matches(title, text)
    match kind:
        case "id":
            return window.id == _number(text, value)
        case "pid":
            return pid_of(display, window) == _number(text, value)
        case "class":
            return any(matches(name, value) for name in classes_of(window))
    return matches(title, value)


def classes_of(window: Window) -> tuple[str, ...]:
    """The names in WM_CLASS: the instance's and the class's."""
    return tuple(window.get_wm_class() or ())


def pid_of(display: Display, window: Window) -> int | None:
    """The process whose window it is, as the X server knows it (X-Resource 1.2); None: on another machine."""
    if not display.has_extension("X-Resource"):
        return None
    wanted = [{"client": window.id, "mask": res.LocalClientPIDMask}]
    for found in display.res_query_client_ids(wanted).ids:
        if found.value:
            return cast(int, found.value[0])
    return None


def _number(text: str, value: str) -> int:
    try:
        return int(value.strip(), 0)
    except ValueError:
        raise refused("bad_arguments", f"window_title {text[:80]!r}: give a number after the colon") from None
