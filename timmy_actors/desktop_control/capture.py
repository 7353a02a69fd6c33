"""Seeing: the pixels of the screen or of one window, also where others cover it. Never those of anything else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from PIL import Image, ImageChops
from Xlib import error

from timmy_actors.desktop_control import layout, offscreen, windows
from timmy_actors.desktop_control.camera import Camera
from timmy_actors.desktop_control.connection import Connection
from timmy_actors.desktop_control.frames import Frame
from timmy_actors.desktop_control.questions import PlaceQuestion
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.target import Target
from timmy_actors.desktop_control.window_target import Place, Point, Size, scaled

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

Wait = Literal["stable", "change"]
LOOK_EVERY_S = 0.1
STABLE_S = 0.3
"""A picture that has not changed for so long is stable: a fade changes it from frame to frame."""
REDUCED = 4
"""Each so-manieth pixel is compared, each way."""
NOTICEABLE = 16
"""Of 255: a smaller difference is an encoder's or a shimmer's."""
FEW = 0.002
"""The share of points that may differ in pictures that are the same."""


def thumbnail(frame: Frame) -> Image.Image:
    """What of a picture is compared."""
    return Frame(*(_reduced(part) for part in frame.parts)).whole().convert("L")


def _reduced(image: Image.Image) -> Image.Image:
    size = (max(1, image.width // REDUCED), max(1, image.height // REDUCED))
    return image.resize(size, Image.Resampling.NEAREST)  # every capture pays for it: the fastest way


def differs(before: Image.Image, after: Image.Image) -> bool:
    """Whether two thumbnails show something else."""
    if before.size != after.size:
        return True
    changed = sum(ImageChops.difference(before, after).histogram()[NOTICEABLE:])
    return changed > FEW * before.width * before.height


class Settling:
    """Follows pictures until they are as wished.

    `stable`: none differs from the one before for `STABLE_S`. `change`: one differs from `before`, the last picture
    that the caller saw; from the first one where there is none.
    """

    def __init__(self, wish: Wait, before: Image.Image | None) -> None:
        self._wish = wish
        self._before = before if wish == "change" else None
        self._same_since: float | None = None

    def is_so(self, seen: Image.Image, now: float) -> bool:
        """Whether the wish has come true with this thumbnail, seen at `now` (seconds, monotonic)."""
        before, same_since = self._before, self._same_since
        changed = before is None or differs(before, seen)
        if self._wish == "change":
            self._before = seen if before is None else before
            return before is not None and changed
        self._before = seen
        self._same_since = now if changed or same_since is None else same_since
        return now - self._same_since >= STABLE_S


SETTLE_S = 0.05
"""How long after the last input a picture is taken at the earliest: three frames at 60 a second, so that what a program
draws in answer to an action is on it. A slower program needs a look at the next picture."""
EDGE = 8
"""So many pixels of a window may be off the screen at a side, and are black in its picture: less than a frame is wide,
so that a window that was put a little too far out need not paint itself into memory of its own."""
TRIES = 3
"""How often a window that moves while its picture is taken is looked at anew."""


@dataclass(frozen=True)
class Look:
    """A picture, what it shows, and when it was taken."""

    frame: Frame
    window: WindowFacts | None
    covered: bool
    screen: Size
    mouse: Point
    """From the window's corner; on the screen where that is shown."""
    taken_at: datetime


class _Taken(NamedTuple):
    """What was taken of a target, and how large the screen was then."""

    frame: Frame
    covered: bool
    screen: Size
    at: datetime


class ScreenCapture:
    """Takes pictures over a connection of its own, so that a long action does not keep it waiting."""

    def __init__(self, connection: Connection, last_input: Callable[[], float]) -> None:
        self._connection = connection
        self._last_input = last_input
        self._camera = Camera(connection.name)
        self._closing = threading.Event()
        self._rootless = False
        self._seen: dict[tuple[str, Place | None], Image.Image] = {}
        connection.greeting = self._meet

    def look(self, titles: Titles | None, region: Place | None = None) -> Look:
        """The window with one of the titles, or the whole screen; of either the region, where one is given.

        Raises:
            Refused: there is no such window, it is hidden, keeps changing, or does not paint itself; the region is not
            in it.
        """
        self._let_it_settle()
        with self._connection.using() as display:
            for _ in range(TRIES):
                target = Target.find(display, titles)
                taken = self._take(display, target, _part_of(target.size, region))
                if taken is not None:
                    window = windows.facts_of(display, target.window) if target.window is not None else None
                    mouse = layout.pointer_of(display)
                    if window is not None:
                        mouse = Point(mouse.x - window.x, mouse.y - window.y)
                    return Look(taken.frame, window, taken.covered, taken.screen, mouse, taken.at)
            raise refused("window_changed", f"{target.title} moved or changed each time it was looked at: try again")

    def look_until(self, titles: Titles | None, region: Place | None, wish: Wait, within_s: float) -> tuple[Look, bool]:
        """Look again and again until the picture is as wished, or the time is over; and whether it is."""
        began = time.monotonic()
        settling = Settling(wish, self._seen.get((str(titles), region)))
        while True:
            look, now = self.look(titles, region), time.monotonic()
            if settling.is_so(thumbnail(look.frame), now):
                return look, True
            if now - began >= within_s or self._closing.wait(LOOK_EVERY_S):
                return look, False

    def remember(self, titles: Titles | None, region: Place | None, look: Look) -> None:
        """Keep what a caller has seen: a change is one from this. Of one target only, the last."""
        self._seen = {(str(titles), region): thumbnail(look.frame)}

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
                    red, green, blue = taken.frame.whole().tobytes()[:3]
                    return red, green, blue
            raise refused("window_changed", f"{target.title} moved or changed each time it was looked at: try again")

    def close(self) -> None:
        """Let the camera and the connection go; who waits for a picture waits no longer."""
        self._closing.set()
        self._camera.close()
        self._connection.close()

    def _meet(self, display: Display) -> None:
        """Over a new connection: the camera belongs to the X server that was there before."""
        self._camera.close()
        self._rootless = layout.is_xwayland(display)

    def _let_it_settle(self) -> None:
        self._closing.wait(max(0.0, self._last_input() + SETTLE_S - time.monotonic()))

    def _take(self, display: Display, target: Target, part: Place) -> _Taken | None:
        """The part of the target; None where it changed meanwhile."""
        root = PlaceQuestion(display, display.screen().root)
        place = target.place(display)
        screen = root.answer().size
        there = Place(place.x + part.x, place.y + part.y, part.width, part.height)
        if target.window is None and self._rootless:
            raise refused("unsupported", "Wayland shows its whole screen to nobody: name a window of an X program")
        seen = _on_screen(screen, there)
        covered = target.window is not None and layout.is_covered(display, target.window, seen, screen)
        taken_at = datetime.now(UTC)
        if target.window is not None and (covered or self._rootless):
            return _Taken(self._uncovered(display, target.window, part), covered, screen, taken_at)
        frame = self._photograph(display, seen)
        if frame is None or self._differs(display, target, place, seen, screen):
            return None
        return _Taken(_padded(frame, seen, there), covered, screen, taken_at)

    @staticmethod
    def _differs(display: Display, target: Target, place: Place, seen: Place, screen: Size) -> bool:
        window: Window | None = target.window
        if window is None:
            return False
        return target.place(display) != place or layout.is_covered(display, window, seen, screen)

    def _uncovered(self, display: Display, window: Window, part: Place) -> Frame:
        pixmap, corner = offscreen.memory_of(display, window)
        try:
            return self._camera.picture(pixmap, Place(corner[0] + part.x, corner[1] + part.y, *part.size))
        finally:
            pixmap.free()

    def _photograph(self, display: Display, seen: Place) -> Frame | None:
        """That part of the screen; None where the screen has no such part any more."""
        screen = display.screen()
        if screen.root_depth not in offscreen.READABLE_DEPTHS:
            raise refused("unsupported", f"the screen has {screen.root_depth} bits a pixel: only 24 and 32 can be read")
        try:
            return self._camera.picture(screen.root, seen)
        except error.BadMatch:
            return None


def _part_of(size: Size, region: Place | None) -> Place:
    whole = Place(0, 0, *size)
    if region is None:
        return whole
    if region.width < 1 or region.height < 1 or not region.within(size):
        raise refused("off_screen", f"region {list(region)}: must lie in the {size.width} x {size.height} pixels there")
    return region


def _on_screen(screen: Size, there: Place) -> Place:
    """What is to be seen of it on the screen: all but a few pixels; else all of it, which the screen cannot show."""
    seen = there.on(screen)
    sides = (seen.x - there.x, seen.y - there.y, there.x + there.width - seen.x - seen.width,
             there.y + there.height - seen.y - seen.height)  # fmt: skip
    return seen if max(sides) <= EDGE and seen.width > 0 and seen.height > 0 else there


def _padded(frame: Frame, seen: Place, there: Place) -> Frame:
    if seen == there:
        return frame
    whole = Image.new("RGB", there.size)
    whole.paste(frame.whole(), (seen.x - there.x, seen.y - there.y))
    return Frame.of(whole)
