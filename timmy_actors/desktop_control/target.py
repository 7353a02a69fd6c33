"""The target of an action: one window, or the whole screen if no title is specified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from Xlib import X

from timmy_actors.desktop_control import focus, layout, windows
from timmy_actors.desktop_control.held_keys import Held
from timmy_actors.desktop_control.questions import Survey
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.window_target import Place, Point, Size, scaled

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window


@dataclass(frozen=True)
class Target:
    """A window (None: the screen), and its size when the action started."""

    window: Window | None
    size: Size
    title: str = "the screen"

    @classmethod
    def find(cls, survey: Survey, titles: Titles | None) -> Target:
        """The window with one of the titles, or the screen.

        Raises:
            RefusedError: no window or several windows match, or the window is hidden.
        """
        if titles is None:
            return cls(None, survey.screen())
        window, title, _ = windows.find(survey.display, titles)
        place, _, _ = survey.place(window), survey.attributes(window), survey.tree(window)  # in one batch
        return cls(window, place.answer().size, title)

    def place(self, survey: Survey) -> Place:
        """The target's rectangle on the screen.

        Raises:
            RefusedError: the window was closed, hidden or resized since the action started.
        """
        if self.window is None:
            return Place(0, 0, *self.size)
        question, attributes = survey.place(self.window), survey.attributes(self.window)
        if attributes.answer().map_state != X.IsViewable:
            raise refused("window_hidden", f"the window {self.title!r} was minimised: restore it with focus_window")
        place = question.answer()
        if place.size != self.size:
            raise refused(
                "window_changed",
                f"the window {self.title!r} was {self.size.width}x{self.size.height} and is now"
                f" {place.width}x{place.height}: take a new screenshot",
            )
        return place

    def on_screen(self, display: Display, point: Point, picture: Size | None) -> Point:
        """The screen position of a point of the target, or of a picture of it.

        Raises:
            RefusedError: the point is outside the target or off the screen.
        """
        survey = Survey(display)
        place = self.place(survey)
        inside = scaled(point, picture, place.size)
        there = Point(place.x + inside.x, place.y + inside.y)
        if not Place(*there, 1, 1).within(survey.screen()):
            raise refused(
                "off_screen",
                f"({there.x}, {there.y}): this part of the window {self.title!r} is off the screen: move the window",
            )
        return there

    def must_be_at(self, display: Display, point: Point) -> None:
        """Check that a click at a point of the screen would reach the target.

        Raises:
            RefusedError: another window is at the point.
        """
        if self.window is None or self.window.id in layout.chain_at(display, point):
            return
        raise refused(
            "window_covered",
            f"({point.x}, {point.y}) on the screen is outside the window {self.title!r}, or another window covers it:"
            " bring it to the front with focus_window, or move the pointer to it with move_to",
        )

    def must_have_focus(self, display: Display) -> None:
        """Check that the target has the keyboard focus.

        Raises:
            RefusedError: another window has the focus, or no window.
        """
        if self.window is not None and not layout.has_focus(display, self.window):
            raise refused(
                "not_focused",
                f"the window {self.title!r} does not have the focus: call focus_window({self.title!r})",
            )

    def must_get_keys(self, display: Display) -> None:
        """Check that a key would reach the target: it has the focus, and no other program has grabbed the keyboard.

        Raises:
            RefusedError: a key would reach another program.
        """
        self.must_have_focus(display)
        if self.window is not None and focus.keyboard_is_taken_from(display, self.window):
            raise refused(
                "not_focused",
                f"another program, such as a menu or a lock screen, has grabbed the keyboard, so that no key reaches"
                f" {self.title!r}: close it, or wait until it ends the grab",
            )

    def must_be_reached_by(self, held: Held, display: Display) -> None:
        """Check that a held key or button still reaches the target.

        Raises:
            RefusedError: the window lost the focus (for a key), was hidden (for a button), or closed.
        """
        try:
            if held.kind == "key":
                self.must_have_focus(display)
            elif self.window is not None and not layout.is_visible(self.window):
                raise refused("window_hidden", f"the window {self.title!r} was minimised or hidden")
        except layout.GONE as gone:
            raise refused("window_changed", f"the window {self.title!r} closed") from gone
