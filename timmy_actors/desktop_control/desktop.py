"""A desktop: captures, mouse and keyboard of one X display, and the folder for capture files."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.capture import ScreenCapture
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.held_keys import HeldFile
from timmy_actors.desktop_control.input import Input
from timmy_actors.desktop_control.keystrokes import Keystrokes
from timmy_actors.desktop_control.mouse import Mouse
from timmy_actors.desktop_control.pictures import CaptureStore, Encoder
from timmy_actors.desktop_control.questions import Survey
from timmy_actors.desktop_control.results import MousePosition, ScreenSize, Windows
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target


class Desktop:
    """The display that the tools use. It can be created without a display; then each call raises `no_display`."""

    def __init__(self, display: str | None, captures: Path, held_file: Path) -> None:
        self.display = display
        self.connection = Connection(display)
        """For queries and captures. Input has its own connection, so that an action never waits for a capture."""
        self.input = Input(Connection(display), HeldFile(held_file))
        self.mouse = Mouse(self.input)
        self.keystrokes = Keystrokes(self.input)
        self.capture = ScreenCapture(self.connection, lambda: self.input.last_input)
        self.captures = CaptureStore(captures)
        self.encoder = Encoder()

    def size(self, titles: Titles | None) -> ScreenSize:
        """The size of the window, or of the screen if `titles` is None."""
        with self.connection.using() as display:
            size = Target.find(Survey(display), titles).size
        return ScreenSize(width=size.width, height=size.height)

    def mouse_position(self, titles: Titles | None) -> MousePosition:
        """The pointer's position relative to the window's upper left corner, or to the screen's."""
        with self.connection.using() as display:
            survey = Survey(display)
            place = Target.find(survey, titles).place(survey)
            point = layout.pointer_of(display)
        x, y = point.x - place.x, point.y - place.y
        return MousePosition(x=x, y=y, inside=0 <= x < place.width and 0 <= y < place.height)

    def windows(self) -> Windows:
        """Every window that has a title."""
        with self.connection.using() as display:
            facts = [windows.facts_or_none(display, each.window) for each in windows.titled(display)]
        return Windows(windows=[each for each in facts if each is not None])

    def close(self) -> None:
        """Release every pressed key and button, close the connections, and end the encoder's thread."""
        self.input.close()
        self.capture.close()
        self.encoder.close()
