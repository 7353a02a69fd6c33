"""Giving a window the focus, as a person's click on its title would."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from Xlib import X, error
from Xlib.protocol import event

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.titles import Titles

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

WITHIN_S = 2.0
"""How long a window manager may take."""
LOOK_EVERY_S = 0.01
FROM_A_PAGER = 2
"""EWMH's source indication for what a person asked for: window managers heed it even when they guard the focus."""


def focus(connection: Connection, titles: Titles) -> WindowFacts:
    """Bring the window with one of the titles to the front, minimised or not, and give it the focus.

    Raises:
        RefusedError: there is no such window, or the focus does not come.
    """
    with connection.using() as display:
        window = windows.find(display, titles, hidden_too=True)
        _ask(display, window)
    never, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while True:
        with connection.using() as display:
            if layout.is_visible(window) and layout.has_focus(display, window):
                return windows.facts_of(display, window)
            title = windows.title_of(display, window)
        if time.monotonic() > deadline:
            raise refused("not_focused", f"the window {title!r} did not take the focus in {WITHIN_S:g} s: click on it")
        never.wait(LOOK_EVERY_S)


def _ask(display: Display, window: Window) -> None:
    if windows.is_managed(display, window):
        workspace = windows.workspace_of(display, window)
        if workspace is not None:  # some window managers let no window bring its workspace to the front
            _tell(display, display.screen().root, "_NET_CURRENT_DESKTOP", [workspace, X.CurrentTime, 0, 0, 0])
        _tell(display, window, "_NET_ACTIVE_WINDOW", [FROM_A_PAGER, X.CurrentTime, 0, 0, 0])
    else:
        window.map()
        window.configure(stack_mode=X.Above)
        display.sync()
        # BadMatch: it is not mapped yet, and then does not get the focus in time either, which is said.
        display.set_input_focus(window.id, X.RevertToParent, X.CurrentTime, onerror=error.CatchError(error.BadMatch))
    display.sync()


def _tell(display: Display, window: Window, what: str, data: list[int]) -> None:
    """Ask the window manager for something, as EWMH has it."""
    message = event.ClientMessage(window=window, client_type=display.get_atom(what), data=(32, data))
    display.screen().root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
