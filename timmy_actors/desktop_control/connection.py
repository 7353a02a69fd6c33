"""A connection to the X server: opened when first used, closed when it breaks, used by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from Xlib import error
from Xlib.display import Display
from Xlib.ext import composite, damage

from timmy_actors.desktop_control.reasons import refused


class Connection:
    """A connection to a display, with a lock: python-xlib assigns replies wrongly if several threads use it."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.on_open: Callable[[Display], None] = lambda _display: None
        """Called with each new connection before any other use of it."""
        self._lock = threading.RLock()
        self._display: Display | None = None

    @contextmanager
    def using(self) -> Iterator[Display]:
        """The display, for the exclusive use of this thread.

        Raises:
            RefusedError: no X server answers, or the window was closed.
        """
        with self._lock:
            try:
                yield self._opened()
            except error.ConnectionClosedError as lost:
                self.close()
                raise refused(
                    "no_display", f"the connection to the X server {self.name} was lost: start it and try again"
                ) from lost
            except (error.BadWindow, error.BadDrawable, error.BadMatch) as gone:
                raise refused(
                    "window_changed", "the window closed or changed during the call: capture it again"
                ) from gone

    @contextmanager
    def exclusive(self) -> Iterator[Display]:
        """The display while the X server is grabbed: no other client can change a window between a check and an action.

        Send only a few requests: the whole screen is frozen during the grab.
        """
        with self.using() as display:
            display.grab_server()
            try:
                yield display
            finally:
                display.ungrab_server()
                display.sync()

    def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        display, self._display = self._display, None
        if display is not None:
            display.display.socket.close()

    def _opened(self) -> Display:
        if self._display is None:
            self._display = self._open()
            self.on_open(self._display)
        return self._display

    def _open(self) -> Display:
        if not self.name:
            raise refused(
                "no_display",
                "DISPLAY is not set: set it where this server is started, as in: DISPLAY=:0 timmy-actors run",
            )
        try:
            display = Display(self.name)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
            raise refused(
                "no_display", f"no X server answers at {self.name}: {failure}: check DISPLAY and XAUTHORITY"
            ) from failure
        for needed in ("XTEST", "Composite", "DAMAGE"):
            if not display.has_extension(needed):
                display.close()
                raise refused(
                    "unsupported", f"the X server {self.name} lacks the {needed} extension, which is required"
                )
        # python-xlib 0.33 overwrites BadRequest and BadValue with RANDR's error classes, which it cannot parse.
        display.display.error_classes.update(error.xerror_class)
        damage.query_version(display)  # until this request, the X server answers others with BadRequest
        composite.query_version(display)
        return display
