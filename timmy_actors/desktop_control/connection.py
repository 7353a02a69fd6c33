"""One connection to the X server: opened when first needed, dropped when it breaks, one user at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Xlib import error
from Xlib.display import Display
from Xlib.ext import composite, damage

from timmy_actors.desktop_control.reasons import refused


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
