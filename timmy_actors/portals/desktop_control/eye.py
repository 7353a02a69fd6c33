"""Seeing: the pixels of the screen or of one window, also where others cover it. Never those of anything else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import mss
from mss.exception import ScreenShotError
from PIL import Image

from timmy_actors.portals.desktop_control import layout, windows
from timmy_actors.portals.desktop_control.aim import Place, Point, Size, scaled
from timmy_actors.portals.desktop_control.connection import Connection
from timmy_actors.portals.desktop_control.offscreen import pixels_of
from timmy_actors.portals.desktop_control.reasons import refused
from timmy_actors.portals.desktop_control.results import WindowFacts
from timmy_actors.portals.desktop_control.target import Target
from timmy_actors.portals.desktop_control.titles import Titles

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

SETTLE_S = 0.05
"""How long after the last input a picture is taken at the earliest: three frames at 60 a second, so that what a program
draws in answer to an action is on it. A slower program needs a look at the next picture."""
TRIES = 3
"""How often a window that moves while its picture is taken is looked at anew."""


@dataclass(frozen=True)
class Look:
    """A picture, what it shows, and when it was taken."""

    image: Image.Image
    window: WindowFacts | None
    covered: bool
    taken_at: datetime


class Eye:
    """Takes pictures over a connection of its own, so that a long action does not keep it waiting."""

    def __init__(self, connection: Connection, last_input: Callable[[], float]) -> None:
        self._connection = connection
        self._last_input = last_input
        self._camera: tuple[mss.MSS, Size] | None = None
        self._closing = threading.Event()
        self._rootless = False
        connection.greeting = self._meet

    def look(self, titles: Titles | None) -> Look:
        """The window with one of the titles, or the whole screen.

        Raises:
            Refused: there is no such window, it is hidden, keeps changing, or does not paint itself.
        """
        self._let_it_settle()
        with self._connection.using() as display:
            for _ in range(TRIES):
                target = Target.find(display, titles)
                taken = self._take(display, target, Place(0, 0, *target.size))
                if taken is not None:
                    image, covered, taken_at = taken
                    window = windows.facts_of(display, target.window) if target.window is not None else None
                    return Look(image, window, covered, taken_at)
            raise refused("window_changed", f"{target.title} moved or changed each time it was looked at: try again")

    def colour(self, titles: Titles | None, point: Point, picture: Size | None) -> tuple[int, int, int]:
        """The colour of a point, red, green and blue.

        Raises:
            Refused: as `look`, or the point is outside.
        """
        self._let_it_settle()
        with self._connection.using() as display:
            for _ in range(TRIES):
                target = Target.find(display, titles)
                inside = scaled(point, picture, target.size)
                taken = self._take(display, target, Place(inside.x, inside.y, 1, 1))
                if taken is not None:
                    red, green, blue = taken[0].tobytes()[:3]
                    return red, green, blue
            raise refused("window_changed", f"{target.title} moved or changed each time it was looked at: try again")

    def close(self) -> None:
        """Let the camera and the connection go; who waits for a picture waits no longer."""
        self._closing.set()
        self._drop_camera()
        self._connection.close()

    def _meet(self, display: Display) -> None:
        """Over a new connection: the camera belongs to the X server that was there before."""
        self._drop_camera()
        self._rootless = layout.is_xwayland(display)

    def _let_it_settle(self) -> None:
        self._closing.wait(max(0.0, self._last_input() + SETTLE_S - time.monotonic()))

    def _take(self, display: Display, target: Target, part: Place) -> tuple[Image.Image, bool, datetime] | None:
        """The part of the target; None where it changed meanwhile."""
        place = target.place(display)
        there = Place(place.x + part.x, place.y + part.y, part.width, part.height)
        covered = target.window is not None and layout.is_covered(display, target.window, there)
        if target.window is None and self._rootless:
            raise refused("unsupported", "Wayland shows its whole screen to nobody: name a window of an X program")
        taken_at = datetime.now(UTC)
        if target.window is not None and (covered or self._rootless):
            return pixels_of(display, target.window, part), covered, taken_at
        image = self._photograph(display, there)
        if image is None or self._differs(display, target, place, there):
            return None
        return image, covered, taken_at

    @staticmethod
    def _differs(display: Display, target: Target, place: Place, there: Place) -> bool:
        window: Window | None = target.window
        if window is None:
            return False
        return target.place(display) != place or layout.is_covered(display, window, there)

    def _photograph(self, display: Display, there: Place) -> Image.Image | None:
        """That part of the screen, over shared memory; None where the screen has no such part any more."""
        root = display.screen().root.get_geometry()
        try:
            shot = self._lens(Size(root.width, root.height)).grab(
                {"left": there.x, "top": there.y, "width": there.width, "height": there.height}
            )
        except (ScreenShotError, AssertionError):  # mss 10.2 asserts an answer where its connection is gone
            self._drop_camera()
            display.sync()  # says so where the X server is gone
            return None
        return Image.frombuffer("RGB", (shot.width, shot.height), shot.raw, "raw", "BGRX", 0, 1)

    def _lens(self, screen: Size) -> mss.MSS:
        # Its shared memory has the size that the screen had when it was made.
        if self._camera is not None and self._camera[1] != screen:
            self._drop_camera()
        if self._camera is None:
            self._camera = (mss.MSS(backend="xshmgetimage", display=self._connection.name), screen)
        return self._camera[0]

    def _drop_camera(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            with suppress(ScreenShotError):  # it says that its connection is gone, which is what we want
                camera[0].close()
