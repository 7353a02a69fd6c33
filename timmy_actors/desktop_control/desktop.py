"""A desktop: the eye, the mouse and the keyboard of one X display, and the folder for its pictures."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.capture import ScreenCapture
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.held_keys import HeldFile
from timmy_actors.desktop_control.input import Input
from timmy_actors.desktop_control.keystrokes import Keystrokes
from timmy_actors.desktop_control.mouse import Mouse
from timmy_actors.desktop_control.pictures import CaptureStore
from timmy_actors.desktop_control.results import MousePosition, ScreenSize, Windows
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target


class Desktop:
    """What the tools act on. Made without a display too: then each use says that there is none."""

    def __init__(self, display: str | None, captures: Path, record: Path) -> None:
        self.display = display
        self.connection = Connection(display)
        """For questions; the hands have one of their own, so that an action never waits for a picture."""
        self.hands = Input(Connection(display), HeldFile(record))
        self.mouse = Mouse(self.hands)
        self.keystrokes = Keystrokes(self.hands)
        self.eye = ScreenCapture(self.connection, lambda: self.hands.last_input)
        self.album = CaptureStore(captures)

    def size(self, titles: Titles | None) -> ScreenSize:
        """How large the window or the screen is."""
        with self.connection.using() as display:
            size = Target.find(display, titles).size
        return ScreenSize(width=size.width, height=size.height)

    def mouse_position(self, titles: Titles | None) -> MousePosition:
        """Where the pointer is on the screen or from the window's corner."""
        with self.connection.using() as display:
            place = Target.find(display, titles).place(display)
            point = layout.pointer_of(display)
        x, y = point.x - place.x, point.y - place.y
        return MousePosition(x=x, y=y, inside=0 <= x < place.width and 0 <= y < place.height)

    def windows(self) -> Windows:
        """Every window that has a title and is still there."""
        with self.connection.using() as display:
            found = [windows.facts_or_none(display, each.window) for each in windows.titled(display)]
        return Windows(windows=[facts for facts in found if facts is not None])

    def close(self) -> None:
        """Let go of everything that is pressed, and of the display."""
        self.hands.close()
        self.eye.close()
