"""One connection to the X server: opened when first needed, dropped when it breaks, one user at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from Xlib import error
from Xlib.display import Display
from Xlib.ext import composite, damage

from timmy_actors.desktop_control import layout, windows
from timmy_actors.desktop_control.capture import Eye
from timmy_actors.desktop_control.held_keys import Record
from timmy_actors.desktop_control.input import Hands
from timmy_actors.desktop_control.keystrokes import Keystrokes
from timmy_actors.desktop_control.mouse import Mouse
from timmy_actors.desktop_control.pictures import CaptureStore
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import MousePosition, ScreenSize, Windows
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target


class Connection:
    """A display's connection and the lock that goes with it (python-xlib's replies get mixed up without one)."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.greeting: Callable[[Display], None] = lambda _display: None
        """Called with each connection once it is open, before anybody else uses it."""
        self._lock = threading.RLock()
        self._display: Display | None = None

    @contextmanager
    def using(self) -> Iterator[Display]:
        """The display, for this thread alone.

        Raises:
            RefusedError: no X server answers, or the window in question is gone.
        """
        with self._lock:
            try:
                yield self._opened()
            except error.ConnectionClosedError as lost:
                self.close()
                raise refused("no_display", f"the X server {self.name} went away: start it, and try again") from lost
            except (error.BadWindow, error.BadDrawable, error.BadMatch) as gone:
                raise refused("window_changed", "the window closed or changed meanwhile: look again") from gone

    @contextmanager
    def alone(self) -> Iterator[Display]:
        """The same while every other client waits: what is looked at cannot change before it is acted on.

        Keep it to a few requests: the whole screen stands still meanwhile.
        """
        with self.using() as display:
            display.grab_server()
            try:
                yield display
            finally:
                display.ungrab_server()
                display.sync()

    def close(self) -> None:
        """Let the connection go; the next use opens another."""
        display, self._display = self._display, None
        if display is not None:
            display.display.socket.close()

    def _opened(self) -> Display:
        if self._display is None:
            self._display = self._open()
            self.greeting(self._display)
        return self._display

    def _open(self) -> Display:
        if not self.name:
            raise refused(
                "no_display",
                "DISPLAY is not set: give it to what starts this server, as in: DISPLAY=:0 timmy-actors run",
            )
        try:
            display = Display(self.name)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
            raise refused(
                "no_display", f"no X server answers at {self.name}: {failure}: is DISPLAY right, and XAUTHORITY passed?"
            ) from failure
        for needed in ("XTEST", "Composite", "DAMAGE"):
            if not display.has_extension(needed):
                display.close()
                raise refused("unsupported", f"the X server {self.name} has no {needed} extension, which is needed")
        # python-xlib 0.33 puts RANDR's errors in the places of BadRequest and BadValue, as classes that it cannot read.
        display.display.error_classes.update(error.xerror_class)
        damage.query_version(display)  # a server answers BadRequest to all else until it was asked
        composite.query_version(display)
        return display


class Desktop:
    """What the tools act on. Made without a display too: then each use says that there is none."""

    def __init__(self, display: str | None, captures: Path, record: Path) -> None:
        self.display = display
        self.connection = Connection(display)
        """For questions; the hands have one of their own, so that an action never waits for a picture."""
        self.hands = Hands(Connection(display), Record(record))
        self.mouse = Mouse(self.hands)
        self.keystrokes = Keystrokes(self.hands)
        self.eye = Eye(self.connection, lambda: self.hands.last_input)
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
