"""The pixels of a window that is covered: from the memory that XComposite keeps for it, not from the screen."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING, Any, cast

from Xlib import X, error
from Xlib.ext import composite, damage

from timmy_actors.desktop_control import layout
from timmy_actors.desktop_control.reasons import refused

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Pixmap, Window

PAINTED_WITHIN_S = 1.0
"""How long a window may take to begin painting itself when it is asked to."""
QUIET_S = 0.05
"""A window that has painted nothing for so long is done."""
PAINTING_S = 0.5
"""A window that paints without a pause, as games do, is done after so long: 30 frames at 60 a second."""
READABLE_DEPTHS = (24, 32)
"""Bits a pixel: blue, green, red, and a byte of padding or transparency."""


def memory_of(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]]:
    """The memory that holds the window's pixels, whatever is above it, and where the window's inside is in it.

    The first time, the window is given memory of its own and paints itself anew (it may flicker once); it keeps the
    memory until this connection ends. Free the pixmap after use.

    Raises:
        RefusedError: it does not paint itself, so that its pixels are not known; or its colours are none we can read.
    """
    pixmap, corner = _memory_of(display, window) or _given_memory(display, window)
    depth = window.get_geometry().depth
    if depth not in READABLE_DEPTHS:
        pixmap.free()
        raise refused("unsupported", f"the window has {depth} bits a pixel: only 24 and 32 can be read")
    return pixmap, corner


def _memory_of(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]] | None:
    """The window's memory, or its frame's where a compositor runs, and where the window's inside is in it."""
    frame = layout.outermost(window)
    for holder in (window,) if frame.id == window.id else (window, frame):
        pixmap = _named(display, holder)
        if pixmap is not None:
            border = holder.get_geometry().border_width
            inside, outside = layout.place_of(display, window), layout.place_of(display, holder)
            return pixmap, (border + inside.x - outside.x, border + inside.y - outside.y)
    return None


def _named(display: Display, window: Window) -> Pixmap | None:
    caught = error.CatchError(error.BadMatch)
    pixmap = composite.name_window_pixmap(cast("Any", window), onerror=caught)
    display.sync()
    return None if caught.get_error() is not None else pixmap


def _given_memory(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]]:
    watch = _redirect(display, window)
    try:
        painted = _wait_until_painted(display)
    finally:
        cast("Any", display).damage_destroy(watch)
    if not painted:
        # Back to how it was: its memory holds a background, which the next look must not take for a picture.
        composite.unredirect_window(window, cast("Any", composite.RedirectAutomatic))
        display.sync()
        raise refused(
            "window_not_painted",
            "the window is covered and did not paint itself when asked to: it hangs, or focus_window must show it",
        )
    found = _memory_of(display, window)
    if found is None:
        raise refused("window_changed", "the window closed or was hidden while its picture was taken: look again")
    return found


def _redirect(display: Display, window: Window) -> int:
    """Give it memory of its own, and watch what it paints from then on.

    The X server hides and shows the window for that, which takes the focus from it: it is put back before anybody can
    notice. What the server itself paints (the background) comes before the watch, and so does not count.
    """
    display.grab_server()
    try:
        focus = display.get_input_focus()
        composite.redirect_window(window, cast("Any", composite.RedirectAutomatic))
        display.sync()
        focused = focus.focus if isinstance(focus.focus, int) else focus.focus.id
        display.set_input_focus(focused, focus.revert_to, X.CurrentTime, onerror=error.CatchError(error.BadMatch))
        watch = cast("int", cast("Any", window).damage_create(damage.DamageReportRawRectangles))
        display.sync()
        while display.pending_events():  # a new watch begins with a report of everything there is
            display.next_event()
    finally:
        display.ungrab_server()
        display.flush()
    return watch


def _wait_until_painted(display: Display) -> bool:
    first = _next_painting(display, PAINTED_WITHIN_S)
    if first is None:
        return False
    while (last := _next_painting(display, QUIET_S)) is not None and last - first < PAINTING_S:
        pass
    return True


def _next_painting(display: Display, within_s: float) -> float | None:
    """When the watched window painted next (monotonic); None: not within the time."""
    deadline = time.monotonic() + within_s
    while True:
        while display.pending_events():
            if display.next_event().type == display.extension_event.DamageNotify:
                return time.monotonic()
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([display.fileno()], [], [], left)[0]:
            return None
