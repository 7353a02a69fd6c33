"""What an action is aimed at: one window, or (without a title) whatever is on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from Xlib import X

from timmy_actors.desktop_control import focus, layout, windows
from timmy_actors.desktop_control.held_keys import Held
from timmy_actors.desktop_control.questions import AttributesQuestion, PlaceQuestion, TitleQuestion
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.window_target import Place, Point, Size, scaled

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window


@dataclass(frozen=True)
class Target:
    """A window as it was when the action began (None: the screen), and its size then."""

    window: Window | None
    size: Size
    title: str = "the screen"

    @classmethod
    def find(cls, display: Display, titles: Titles | None) -> Target:
        """The window with one of the titles, or the screen.

        Raises:
            RefusedError: there is no such window, or more than one, or it is hidden.
        """
        if titles is None:
            root = display.screen().root.get_geometry()
            return cls(None, Size(root.width, root.height))
        window = windows.find(display, titles)
        place, title = PlaceQuestion(display, window), TitleQuestion(display, window)
        return cls(window, place.answer().size, title.answer())

    def place(self, display: Display) -> Place:
        """Where it is now: it may have moved, but not gone, hidden or changed its size.

        Raises:
            RefusedError: it did.
        """
        if self.window is None:
            return Place(0, 0, *self.size)
        asked, attributes = PlaceQuestion(display, self.window), AttributesQuestion(self.window)
        if attributes.answer().map_state != X.IsViewable:
            raise refused("window_hidden", f"the window {self.title!r} was minimised: focus_window shows it")
        place = asked.answer()
        if place.size != self.size:
            raise refused(
                "window_changed",
                f"the window {self.title!r} was {self.size.width}x{self.size.height} and is now"
                f" {place.width}x{place.height}: take a new picture",
            )
        return place

    def on_screen(self, display: Display, point: Point, picture: Size | None) -> Point:
        """Where a point of it (or of a picture of it) is on the screen now.

        Raises:
            RefusedError: the point is outside it, or that part of it is off the screen.
        """
        place = self.place(display)
        inside = scaled(point, picture, place.size)
        there = Point(place.x + inside.x, place.y + inside.y)
        root = display.screen().root.get_geometry()
        if not (0 <= there.x < root.width and 0 <= there.y < root.height):
            raise refused(
                "off_screen", f"that part of the window {self.title!r} is off the screen, at ({there.x}, {there.y})"
            )
        return there

    def must_be_at(self, display: Display, point: Point) -> None:
        """See that a click at a point of the screen would reach it.

        Raises:
            RefusedError: something else is there.
        """
        if self.window is None or self.window.id in layout.chain_at(display, point):
            return
        raise refused(
            "window_covered",
            f"({point.x}, {point.y}) on the screen is not the window {self.title!r}, or something covers it there:"
            " focus_window brings it to the front, move_to puts the pointer on it",
        )

    def must_have_focus(self, display: Display) -> None:
        """See that the keyboard's focus is in it.

        Raises:
            RefusedError: another window has the focus, or none.
        """
        if self.window is not None and not layout.has_focus(display, self.window):
            raise refused(
                "not_focused",
                f"the window {self.title!r} does not have the focus: focus_window({self.title!r}) gives it",
            )

    def must_get_keys(self, display: Display) -> None:
        """See that a key would reach it: it has the focus, and no other program has grabbed the keyboard.

        Raises:
            RefusedError: the key would go elsewhere.
        """
        self.must_have_focus(display)
        if self.window is not None and focus.keyboard_is_taken_from(display, self.window):
            raise refused(
                "not_focused",
                f"another program has grabbed the keyboard (a menu, a lock screen), so that no key reaches"
                f" {self.title!r}: close it, or wait until it lets go",
            )

    def must_be_reached_by(self, held: Held, display: Display) -> None:
        """See that what is held down still goes to it: a key while it has the focus, a button while it is shown.

        Raises:
            RefusedError: it lost the focus, was hidden, or closed.
        """
        try:
            if held.kind == "key":
                self.must_have_focus(display)
            elif self.window is not None and not layout.is_visible(self.window):
                raise refused("window_hidden", f"the window {self.title!r} was minimised or hidden")
        except layout.GONE as gone:
            raise refused("window_changed", f"the window {self.title!r} closed") from gone
