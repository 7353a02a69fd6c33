"""Gives a window the focus, and checks whether key events reach it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, cast

from Xlib import X, error
from Xlib.ext import xtest
from Xlib.protocol import event

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.selectors import Titles

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

STARTED_WITHIN_S = 1.0
"""Maximum time for the X server to start recording."""
FIRST_EVENT, LAST_EVENT = X.KeyPress, 35
"""Core key events, and (35) those of the X Input Extension, which newer toolkits use."""
START_OF_DATA, FROM_SERVER = 4, 0


_NOTHING: dict[str, Any] = {
    "core_requests": (0, 0),
    "core_replies": (0, 0),
    "ext_requests": (0, 0, 0, 0),
    "ext_replies": (0, 0, 0, 0),
    "device_events": (0, 0),
    "errors": (0, 0),
    "client_started": False,
    "client_died": False,
}
WITHIN_S = 2.0
"""Maximum time for a window manager to set the focus."""
LOOK_EVERY_S = 0.01
FROM_A_PAGER = 2
"""EWMH's source indication for a request of the user: window managers that prevent focus stealing honour it."""


def keyboard_is_taken_from(display: Display, window: Window) -> bool:
    """Whether another program has grabbed the keyboard, so that a key press would not reach the focused `window`."""
    focus = display.get_input_focus().focus
    # Grab for the focused window: then the X server reports no change of focus to any window.
    holder = display.screen().root if isinstance(focus, int) else focus
    status = holder.grab_keyboard(1, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
    if status == X.GrabSuccess:
        display.ungrab_keyboard(X.CurrentTime)
        display.sync()
    return status == X.AlreadyGrabbed and not _gets_a_key(display, window)


def _gets_a_key(display: Display, window: Window) -> bool:
    """Whether a key press without a meaning is delivered to the window's program."""
    keycode = _unmapped_keycode(display)
    if keycode is None or not display.has_extension("RECORD"):
        return False
    listener = _Listener(display, window)
    try:
        if listener.started.wait(STARTED_WITHIN_S):
            xtest.fake_input(display, X.KeyPress, keycode)
            xtest.fake_input(display, X.KeyRelease, keycode)
            display.sync()
    finally:
        listener.stop(display)
    return listener.received


def _unmapped_keycode(display: Display) -> int | None:
    low, high = display.display.info.min_keycode, display.display.info.max_keycode
    rows = display.get_keyboard_mapping(low, high - low + 1)
    return next((keycode for keycode, row in enumerate(rows, start=low) if not any(row)), None)


class _Listener:
    """Records the events that are delivered to one program, over its own connection as RECORD requires."""

    def __init__(self, display: Display, window: Window) -> None:
        self.started = threading.Event()
        self.received = False
        self._data = type(display)(display.get_display_name())
        delivered = {**_NOTHING, "delivered_events": (FIRST_EVENT, LAST_EVENT)}
        self._context = cast("Any", display).record_create_context(0, [window.id], [delivered])
        display.sync()
        self._thread = threading.Thread(target=self._listen, name="who-gets-keys", daemon=True)
        self._thread.start()

    def stop(self, display: Display) -> None:
        """Stop recording; `received` is final afterwards."""
        cast("Any", display).record_disable_context(self._context)
        display.sync()
        self._thread.join(STARTED_WITHIN_S)
        cast("Any", display).record_free_context(self._context)
        display.sync()
        self._data.close()

    def _listen(self) -> None:
        cast("Any", self._data).record_enable_context(self._context, self._take)

    def _take(self, reply: Any) -> None:
        if reply.category == START_OF_DATA:
            self.started.set()
        elif reply.category == FROM_SERVER and _is_a_key(reply.data):
            self.received = True


def _is_a_key(event: bytes) -> bool:
    kind = event[0] & 0x7F
    if kind == LAST_EVENT:
        return int.from_bytes(event[8:10], "little") in (X.KeyPress, X.KeyRelease)
    return kind in (X.KeyPress, X.KeyRelease)


def focus(connection: Connection, titles: Titles) -> WindowFacts:
    """Bring the window with one of the titles to the front and give it the focus; a minimised one is restored.

    Raises:
        RefusedError: no window matches, or the window does not get the focus within `WITHIN_S`.
    """
    with connection.using() as display:
        window = windows.find(display, titles, hidden_too=True).window
        _ask_for_focus(display, window)
    never, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while True:
        with connection.using() as display:
            if layout.is_visible(window) and layout.has_focus(display, window):
                return windows.facts_of(display, window)
            title = windows.title_of(display, window)
        if time.monotonic() > deadline:
            raise refused(
                "not_focused", f"the window {title!r} did not get the focus within {WITHIN_S:g} s: click on it"
            )
        never.wait(LOOK_EVERY_S)


def _ask_for_focus(display: Display, window: Window) -> None:
    if windows.is_managed(display, window):
        workspace = windows.workspace_of(display, window)
        if workspace is not None:  # some window managers do not switch the workspace for _NET_ACTIVE_WINDOW
            _request(display, display.screen().root, "_NET_CURRENT_DESKTOP", [workspace, X.CurrentTime, 0, 0, 0])
        _request(display, window, "_NET_ACTIVE_WINDOW", [FROM_A_PAGER, X.CurrentTime, 0, 0, 0])
    else:
        window.map()
        window.configure(stack_mode=X.Above)
        display.sync()
        # BadMatch: the window is not mapped yet; `focus` reports that it did not get the focus.
        display.set_input_focus(window.id, X.RevertToParent, X.CurrentTime, onerror=error.CatchError(error.BadMatch))
    display.sync()


def _request(display: Display, window: Window, kind: str, data: list[int]) -> None:
    """Send an EWMH request to the window manager."""
    message = event.ClientMessage(window=window, client_type=display.get_atom(kind), data=(32, data))
    display.screen().root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
