"""Reads the pixels of a covered window from its XComposite pixmap instead of the screen."""

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
"""Maximum time for a window to start painting after it was redirected."""
QUIET_S = 0.05
"""Painting is complete when the window has painted nothing for this time."""
PAINTING_S = 0.5
"""Maximum painting time for a window that paints continuously, as games do: 30 frames at 60 a second."""
READABLE_DEPTHS = (24, 32)
"""Bits a pixel: blue, green, red, and a byte of padding or transparency."""


def memory_of(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]]:
    """The pixmap that holds the window's pixels, covered or not, and the position of the window's contents in it.

    On the first call the window is redirected to a pixmap of its own and paints itself again, which may flicker. The
    redirection lasts until this connection closes. Free the pixmap after use.

    Raises:
        RefusedError: the window does not paint itself, or its pixel format is not supported.
    """
    pixmap, corner = _memory_of(display, window) or _new_memory(display, window)
    depth = window.get_geometry().depth
    if depth not in READABLE_DEPTHS:
        pixmap.free()
        raise refused("unsupported", f"the window has {depth} bits a pixel: only windows with 24 or 32 are supported")
    return pixmap, corner


def _memory_of(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]] | None:
    """The window's pixmap, or its frame's if a compositor runs, and the position of the window's contents in it."""
    frame = layout.outermost(window)
    for holder in (window,) if frame.id == window.id else (window, frame):
        pixmap = _named(display, holder)
        if pixmap is not None:
            border = holder.get_geometry().border_width
            inside, outside = layout.place_of(display, window), layout.place_of(display, holder)
            return pixmap, (border + inside.x - outside.x, border + inside.y - outside.y)
    return None


def _named(display: Display, window: Window) -> Pixmap | None:
    mismatch = error.CatchError(error.BadMatch)
    pixmap = composite.name_window_pixmap(cast("Any", window), onerror=mismatch)
    display.sync()
    return None if mismatch.get_error() is not None else pixmap


def _new_memory(display: Display, window: Window) -> tuple[Pixmap, tuple[int, int]]:
    watch = _redirect(display, window)
    try:
        painted = _wait_until_painted(display)
    finally:
        cast("Any", display).damage_destroy(watch)
    if not painted:
        # Undo the redirection: the pixmap holds only a background, which the next capture must not use.
        composite.unredirect_window(window, cast("Any", composite.RedirectAutomatic))
        display.sync()
        raise refused(
            "window_not_painted",
            "the window is covered and did not paint itself: bring it to the front with focus_window; if it still does"
            " not paint, its program hangs",
        )
    memory = _memory_of(display, window)
    if memory is None:
        raise refused("window_changed", "the window closed or was hidden during the capture: capture it again")
    return memory


def _redirect(display: Display, window: Window) -> int:
    """Redirect the window to a pixmap of its own, and return a damage watch on it.

    The X server unmaps and maps the window for this, which removes its focus: the focus is restored while the server is
    grabbed. The background that the server paints comes before the watch and is not counted.
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
        while display.pending_events():  # a new watch first reports the whole window as damaged
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
    """When the watched window painted next (monotonic); None: not within `within_s`."""
    deadline = time.monotonic() + within_s
    while True:
        while display.pending_events():
            if display.next_event().type == display.extension_event.DamageNotify:
                return time.monotonic()
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([display.fileno()], [], [], left)[0]:
            return None
