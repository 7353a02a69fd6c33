"""Window layout: positions, stacking, the focus, and the windows under a point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from Xlib import X, error

from timmy_actors.desktop_control.questions import FocusQuestion, PlaceQuestion, PointerQuestion, Survey
from timmy_actors.desktop_control.window_target import Place, Point

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

GONE = (error.BadWindow, error.BadDrawable)
"""The X errors for a window that has closed."""


def place_of(display: Display, window: Window) -> Place:
    """The window's rectangle on the screen, without its border."""
    return PlaceQuestion(display, window).answer()


def is_visible(window: Window) -> bool:
    """Whether the window and all its ancestors are mapped."""
    return cast("int", window.get_attributes().map_state) == X.IsViewable


def has_focus(display: Display, window: Window) -> bool:
    """Whether the keyboard focus is in the window or one of its descendants."""
    return is_focused(display, window, FocusQuestion(display))


def is_focused(display: Display, window: Window, question: FocusQuestion) -> bool:
    """As `has_focus`, with the answer of a query that was sent before."""
    focus = question.answer()
    if focus == X.PointerRoot:
        return window.id in chain_at(display, pointer_of(display))
    return not isinstance(focus, int) and _is_inside(focus, window)


def _is_inside(inner: Window, outer: Window) -> bool:
    while inner.id != outer.id:
        parent = inner.query_tree().parent
        if isinstance(parent, int) or parent is None:
            return False
        inner = parent
    return True


def pointer_of(display: Display) -> Point:
    """The pointer's position on the screen."""
    return PointerQuestion(display).answer()


def chain_at(display: Display, point: Point) -> Iterator[int]:
    """The ids of the windows under a point of the screen, from the outermost to the one that receives a click there."""
    root = display.screen().root
    inner = root
    while True:
        yield inner.id
        child = inner.translate_coords(root, point.x, point.y).child
        if isinstance(child, int) or child is None:
            return
        inner = child


def outermost(window: Window) -> Window:
    """The window's top-level ancestor: the window manager's frame, or the window itself."""
    while True:
        tree = window.query_tree()
        if tree.parent.id == tree.root.id:
            return window
        window = tree.parent


def is_covered(survey: Survey, window: Window, place: Place) -> bool:
    """Whether a part of `place` is under another window, clipped by an ancestor, or off the screen.

    A shaped window counts as a rectangle.
    """
    if not place.within(survey.screen()):
        return True
    inner = window
    while True:
        parent = survey.tree(inner).answer().parent
        if isinstance(parent, int) or parent is None:
            return False
        tree, outer = survey.tree(parent), survey.place(parent)
        above = [_Above(survey, each) for each in _after(inner, tree.answer().children)]
        if any(each.hides(place) for each in above) or not _contains(outer.answer(), place):
            return True
        inner = parent


def _after(window: Window, stack: list[Window]) -> list[Window]:
    """The siblings above the window, from the lowest to the highest."""
    order = [each.id for each in stack]
    return stack[order.index(window.id) + 1 :] if window.id in order else []


class _Above:
    """A sibling above a window."""

    def __init__(self, survey: Survey, window: Window) -> None:
        self._attributes = survey.attributes(window)
        self._place = survey.place(window)

    def hides(self, place: Place) -> bool:
        """Whether the sibling covers a part of the rectangle."""
        try:
            attributes = self._attributes.answer()
            if attributes.map_state != X.IsViewable or attributes.win_class == X.InputOnly:
                return False
            return place.overlaps(self._place.with_border())
        except GONE:
            return False  # the window closed during the query


def _contains(outer: Place, place: Place) -> bool:
    return (
        place.x >= outer.x
        and place.y >= outer.y
        and place.x + place.width <= outer.x + outer.width
        and place.y + place.height <= outer.y + outer.height
    )


def is_xwayland(display: Display) -> bool:
    """Whether the X server is Xwayland, whose root window is empty: Wayland's compositor draws the windows.

    From version 23.1 on, Xwayland has an extension of that name; earlier versions are recognised by the names of their
    outputs (XWAYLAND0).
    """
    if display.query_extension("XWAYLAND") is not None:
        return True
    if display.query_extension("RANDR") is None:
        return False
    resources = cast("Any", display.screen().root).xrandr_get_screen_resources()
    names = [
        cast("Any", display).xrandr_get_output_info(output, resources.config_timestamp).name
        for output in resources.outputs
    ]
    return any(name.startswith("XWAYLAND") for name in names)
