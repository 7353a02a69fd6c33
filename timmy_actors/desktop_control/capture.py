"""Captures the pixels of the screen or of one window, also a covered one, and waits until they settle or change."""

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
from timmy_actors.desktop_control.questions import PointerQuestion, Survey
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
"""A picture that has not changed for this time is stable. A fade changes it from frame to frame."""
REDUCED = 4
"""Every fourth pixel in each direction is compared."""
NOTICEABLE = 16
"""Of 255. A smaller difference counts as noise."""
FEW = 0.002
"""The share of pixels that may differ between two pictures that count as equal."""


SETTLE_S = 0.05
"""Minimum time from the last input to a capture: three frames at 60 a second, so that the picture shows the program's
reaction. A slower program shows its reaction in a later capture."""
EDGE = 8
"""Pixels of a window that may be off the screen at each side; the capture shows them black. It is less than the width
of a window frame, so that a slightly misplaced window does not need off-screen memory."""
TRIES = 3
"""How often a capture is attempted while its window moves."""


def thumbnail(frame: Frame) -> Image.Image:
    """A reduced greyscale copy of a picture, for comparison."""
    size = (max(1, frame.size.width // REDUCED), max(1, frame.size.height // REDUCED))
    reduced = frame.mapped().resize(size, Image.Resampling.NEAREST)  # the fastest method: it runs for every capture
    blue, green, red, _ = reduced.split()
    return Image.merge("RGB", (red, green, blue)).convert("L")


def differs(before: Image.Image, after: Image.Image) -> bool:
    """Whether two thumbnails differ by more than noise."""
    if before.size != after.size:
        return True
    changed = sum(ImageChops.difference(before, after).histogram()[NOTICEABLE:])
    return changed > FEW * before.width * before.height


class Settling:
    """Compares pictures until a condition is met.

    `stable`: no picture differs from its predecessor for `STABLE_S`. `change`: a picture differs from `before`, the
    last picture that the caller received, or from the first one compared if `before` is None.
    """

    def __init__(self, condition: Wait, before: Image.Image | None) -> None:
        self._condition = condition
        self._before = before if condition == "change" else None
        self._same_since: float | None = None

    def is_met(self, seen: Image.Image, now: float) -> bool:
        """Whether this thumbnail, taken at `now` (seconds, monotonic), meets the condition."""
        before, same_since = self._before, self._same_since
        changed = before is None or differs(before, seen)
        if self._condition == "change":
            self._before = seen if before is None else before
            return before is not None and changed
        self._before = seen
        self._same_since = now if changed or same_since is None else same_since
        return now - self._same_since >= STABLE_S


@dataclass(frozen=True)
class Look:
    """A captured picture, its window, the screen, and when it was taken."""

    frame: Frame
    window: WindowFacts | None
    covered: bool
    screen: Size
    mouse: Point
    """Relative to the window's upper left corner, or to the screen's if the whole screen was captured."""
    taken_at: datetime


class _Taken(NamedTuple):
    """The picture of a target, and the layout of the screen at that time."""

    frame: Frame
    place: Place
    """The target's rectangle."""
    seen: Place
    """The part of the screen that was captured."""
    covered: bool
    from_memory: bool
    """Whether the picture was read from the window's own memory, where other windows do not matter."""
    screen: Size
    at: datetime


class ScreenCapture:
    """Takes pictures over its own X connection, so that a long action does not delay a capture."""

    def __init__(self, connection: Connection, last_input: Callable[[], float]) -> None:
        self._connection = connection
        self._last_input = last_input
        self._camera = Camera(connection.name)
        self._closing = threading.Event()
        self._rootless = False
        self._seen: dict[tuple[str, Place | None], Image.Image] = {}
        connection.on_open = self._on_open

    def look(self, titles: Titles | None, region: Place | None = None) -> Look:
        """Capture the window with one of the titles, or the whole screen. `region` selects a part of either.

        Raises:
            RefusedError: no window matches; the window is hidden, keeps changing, or does not paint itself; or the
                region is not inside it.
        """
        self._let_it_settle()
        with self._connection.using() as display:
            for _ in range(TRIES):
                survey = Survey(display)
                target = Target.find(survey, titles)
                taken = self._take(survey, target, _part_of(target.size, region))
                after, mouse = Survey(display, repeats=survey), PointerQuestion(display)
                facts = None if target.window is None else windows.FactsQuestion(after, target.window)
                if taken is not None and _is_valid(taken, after, target):
                    return _look(taken, None if facts is None else facts.answer(), mouse.answer())
            raise refused("window_changed", f"{target.title} moved or changed during each of {TRIES} tries: try again")

    def look_until(
        self, titles: Titles | None, region: Place | None, condition: Wait, within_s: float
    ) -> tuple[Look, bool]:
        """Capture repeatedly until the condition is met or the time is over; and whether the condition was met."""
        began = time.monotonic()
        settling = Settling(condition, self._seen.get((str(titles), region)))
        while True:
            look, now = self.look(titles, region), time.monotonic()
            if settling.is_met(thumbnail(look.frame), now):
                return look, True
            if now - began >= within_s or self._closing.wait(LOOK_EVERY_S):
                return look, False

    def remember(self, titles: Titles | None, region: Place | None, look: Look) -> None:
        """Store the capture that the caller received, to detect changes from it. Only the latest target is stored."""
        self._seen = {(str(titles), region): thumbnail(look.frame)}

    def colour(self, titles: Titles | None, point: Point, picture: Size | None) -> tuple[int, int, int]:
        """The red, green and blue of a point's colour.

        Raises:
            RefusedError: as `look`, or the point is outside.
        """
        self._let_it_settle()
        with self._connection.using() as display:
            for _ in range(TRIES):
                survey = Survey(display)
                target = Target.find(survey, titles)
                inside = scaled(point, picture, target.size)
                taken = self._take(survey, target, Place(inside.x, inside.y, 1, 1))
                if taken is not None and _is_valid(taken, Survey(display, repeats=survey), target):
                    red, green, blue = taken.frame.whole().tobytes()[:3]
                    return red, green, blue
            raise refused("window_changed", f"{target.title} moved or changed during each of {TRIES} tries: try again")

    def close(self) -> None:
        """Close the camera and the connection, and end waits for a picture."""
        self._closing.set()
        self._camera.close()
        self._connection.close()

    def _on_open(self, display: Display) -> None:
        self._camera.close()  # it may be connected to an X server that has been replaced
        self._rootless = layout.is_xwayland(display)

    def _let_it_settle(self) -> None:
        self._closing.wait(max(0.0, self._last_input() + SETTLE_S - time.monotonic()))

    def _take(self, survey: Survey, target: Target, part: Place) -> _Taken | None:
        """Capture the part of the target; None if the screen became smaller during the capture."""
        if target.window is None and self._rootless:
            raise refused("unsupported", "Wayland does not allow a capture of the whole screen: name an X window")
        place, screen = target.place(survey), survey.screen()
        there = Place(place.x + part.x, place.y + part.y, part.width, part.height)
        seen = _on_screen(screen, there)
        covered = target.window is not None and layout.is_covered(survey, target.window, seen)
        taken_at = datetime.now(UTC)
        if target.window is not None and (covered or self._rootless):
            memory = self._uncovered(survey.display, target.window, part)
            return _Taken(memory, place, there, covered, from_memory=True, screen=screen, at=taken_at)
        frame = self._photograph(survey.display, seen)
        if frame is None:
            return None
        frame = _padded(frame, seen, there)
        return _Taken(frame, place, seen, covered, from_memory=False, screen=screen, at=taken_at)

    def _uncovered(self, display: Display, window: Window, part: Place) -> Frame:
        pixmap, corner = offscreen.memory_of(display, window)
        try:
            return self._camera.picture(pixmap, Place(corner[0] + part.x, corner[1] + part.y, *part.size))
        finally:
            pixmap.free()

    def _photograph(self, display: Display, seen: Place) -> Frame | None:
        """Capture a part of the screen; None if the screen no longer contains it."""
        screen = display.screen()
        if screen.root_depth not in offscreen.READABLE_DEPTHS:
            raise refused("unsupported", f"the screen has {screen.root_depth} bits a pixel: set it to 24 or 32")
        try:
            return self._camera.picture(screen.root, seen)
        except error.BadMatch:
            return None


def _is_valid(taken: _Taken, after: Survey, target: Target) -> bool:
    """Whether the target was in its place and uncovered until after the capture."""
    window: Window | None = target.window
    if window is None or taken.from_memory:
        return True
    return target.place(after) == taken.place and not layout.is_covered(after, window, taken.seen)


def _look(taken: _Taken, window: WindowFacts | None, mouse: Point) -> Look:
    if window is not None:
        mouse = Point(mouse.x - window.x, mouse.y - window.y)
    return Look(taken.frame, window, taken.covered, taken.screen, mouse, taken.at)


def _part_of(size: Size, region: Place | None) -> Place:
    whole = Place(0, 0, *size)
    if region is None:
        return whole
    if region.width < 1 or region.height < 1 or not region.within(size):
        raise refused("off_screen", f"region {list(region)}: must be inside the {size.width} x {size.height} pixels")
    return region


def _on_screen(screen: Size, there: Place) -> Place:
    """The part of `there` that is on the screen, or all of it if more than `EDGE` pixels at a side are off it."""
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
