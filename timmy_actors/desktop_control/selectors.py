"""Which window a text means: by its title, or by `id:`, `class:` or `pid:` where two share a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from Xlib.ext import res

from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.titles import matches

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

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
