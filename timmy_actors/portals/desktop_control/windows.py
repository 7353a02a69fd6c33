"""Windows by title: which there are, where they are, whether they have the focus, and what covers them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from Xlib import X, error

from timmy_actors.portals.desktop_control.aim import Place, Point, Size
from timmy_actors.portals.desktop_control.reasons import refused
from timmy_actors.portals.desktop_control.results import WindowFacts

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

Titles = str | Sequence[str]
MAX_TITLE_BYTES = 4096
GONE = (error.BadWindow, error.BadDrawable)
"""What X says of a window that closed."""


class Candidate(NamedTuple):
    """A window that has a title."""

    window: Window
    title: str
    visible: bool


def as_patterns(titles: Titles) -> list[str]:
    """One title or many, as a list.

    Raises:
        Refused: there is none, or one is empty.
    """
    patterns = [titles] if isinstance(titles, str) else list(titles)
    if not patterns or not all(pattern.strip() for pattern in patterns):
        raise refused("bad_arguments", "window_title: give a title, or a list of titles, none of them empty")
    return patterns


def matches(title: str, pattern: str) -> bool:
    """Whether a title is the one meant: the same text, letter case and outer spaces aside; `*` stands for anything."""
    if "*" not in pattern:
        return title.strip().casefold() == pattern.strip().casefold()
    literal = pattern.strip().casefold().replace("[", "[[]").replace("?", "[?]")
    return re.match(fnmatch.translate(literal), title.strip().casefold()) is not None


def find(display: Display, titles: Titles, *, hidden_too: bool = False) -> Window:
    """The window that the first matching title means; hidden ones only where asked for, and where none is visible.

    Raises:
        Refused: no window has one of the titles, two have it, or it is hidden.
    """
    patterns, candidates = as_patterns(titles), titled(display)
    for pattern in patterns:
        meant = [candidate for candidate in candidates if matches(candidate.title, pattern)]
        if meant:
            return _only_one(meant, pattern, hidden_too=hidden_too)
    seen = ", ".join(repr(candidate.title) for candidate in candidates[:8]) or "none"
    wanted = " or ".join(repr(pattern) for pattern in patterns)
    raise refused("window_not_found", f"no window is called {wanted}; there are: {seen}. Is the game running?")


def _only_one(meant: list[Candidate], pattern: str, *, hidden_too: bool) -> Window:
    visible = [candidate for candidate in meant if candidate.visible]
    if not visible and not hidden_too:
        raise refused(
            "window_hidden", f"the window {pattern!r} is minimised or on another desktop: focus_window shows it"
        )
    left = visible or meant
    if len(left) > 1:
        raise refused(
            "window_ambiguous", f"{len(left)} windows are called {pattern!r}: close one, or give a longer title"
        )
    return left[0].window


def titled(display: Display) -> list[Candidate]:
    """Every window that has a title: the window manager's list, and what it does not manage (full screen games)."""
    root = display.screen().root
    managed = _managed(display, root)
    known = {window.id for window in managed} | {frame for window in managed for frame in _frame_of(window)}
    known |= set(_property(display, root, "_NET_SUPPORTING_WM_CHECK"))  # the window manager's own mark, one pixel large
    roots = [child for child in root.query_tree().children if child.id not in known]
    found = [_candidate(display, window) for window in managed]
    found += [_candidate(display, window, alone=bool(managed)) for window in roots]
    return [candidate for candidate in found if candidate is not None]


def is_managed(display: Display, window: Window) -> bool:
    """Whether a window manager looks after it."""
    return window.id in {each.id for each in _managed(display, display.screen().root)}


def _managed(display: Display, root: Window) -> list[Window]:
    check = _property(display, root, "_NET_SUPPORTING_WM_CHECK")
    listed = _property(display, root, "_NET_CLIENT_LIST")
    if not check or not listed or not _lives(display, check[0]):
        return []  # no window manager, or one that died and left its list
    return [_window(display, each) for each in listed]


def _frame_of(window: Window) -> list[int]:
    try:
        return [outermost(window).id]
    except GONE:
        return []  # it closed while we looked


def _candidate(display: Display, window: Window, *, alone: bool = False) -> Candidate | None:
    try:
        attributes = window.get_attributes()
        visible = attributes.map_state == X.IsViewable
        if attributes.win_class == X.InputOnly or (alone and not (attributes.override_redirect and visible)):
            return None
        title = title_of(display, window)
    except GONE:
        return None  # it closed while we looked
    return Candidate(window, title, visible) if title else None


def title_of(display: Display, window: Window) -> str:
    """What the window is called; empty where it has no name."""
    for name, encoding in (("_NET_WM_NAME", "utf-8"), ("WM_NAME", "latin-1")):
        found = window.get_full_property(display.get_atom(name), X.AnyPropertyType)
        if found is not None and found.format == 8 and found.value:
            return bytes(found.value[:MAX_TITLE_BYTES]).decode(encoding, errors="replace").strip("\x00")
    return ""


def place_of(display: Display, window: Window) -> Place:
    """Where the window's inside is on the screen."""
    shape = window.get_geometry()
    corner = display.screen().root.translate_coords(window, 0, 0)
    # X answers where a point of the source is in the destination: python-xlib's receiver is the destination.
    return Place(corner.x, corner.y, shape.width, shape.height)


def facts_of(display: Display, window: Window) -> WindowFacts:
    """What there is to say about it."""
    place = place_of(display, window)
    return WindowFacts(
        id=window.id,
        title=title_of(display, window),
        **place._asdict(),
        visible=is_visible(window),
        focused=has_focus(display, window),
    )


def facts_or_none(display: Display, window: Window) -> WindowFacts | None:
    """The same; None where it is gone."""
    try:
        return facts_of(display, window)
    except GONE:
        return None


def is_visible(window: Window) -> bool:
    """Whether it is mapped, with all that contain it."""
    return cast(int, window.get_attributes().map_state) == X.IsViewable


def has_focus(display: Display, window: Window) -> bool:
    """Whether what is typed now goes to it or to something inside it."""
    focus = display.get_input_focus().focus
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
    """Where the pointer is on the screen."""
    found = display.screen().root.query_pointer()
    return Point(found.root_x, found.root_y)


def chain_at(display: Display, point: Point) -> list[int]:
    """The windows under a point of the screen, from the outermost to the one that a click there would reach."""
    root = display.screen().root
    inner, chain = root, [root.id]
    while True:
        child = inner.translate_coords(root, point.x, point.y).child
        if isinstance(child, int) or child is None:
            return chain
        inner = child
        chain.append(child.id)


def outermost(window: Window) -> Window:
    """Its ancestor right under the root: the window manager's frame, or the window itself."""
    while True:
        tree = window.query_tree()
        if tree.parent.id == tree.root.id:
            return window
        window = tree.parent


def is_covered(display: Display, window: Window, place: Place) -> bool:
    """Whether a part of it is under another window, hidden by what contains it, or off the screen.

    A window with holes counts as if it had none.
    """
    root = display.screen().root.get_geometry()
    if not place.within(Size(root.width, root.height)):
        return True
    inner = window
    while True:
        parent = inner.query_tree().parent
        if isinstance(parent, int) or parent is None:
            return False
        if any(_hides(display, each, place) for each in _above(inner, parent)) or not _contains(display, parent, place):
            return True
        inner = parent


def _above(window: Window, parent: Window) -> list[Window]:
    stack = parent.query_tree().children  # from the lowest to the highest
    order = [each.id for each in stack]
    return list(stack[order.index(window.id) + 1 :]) if window.id in order else []


def _hides(display: Display, window: Window, place: Place) -> bool:
    try:
        attributes = window.get_attributes()
        if attributes.map_state != X.IsViewable or attributes.win_class == X.InputOnly:
            return False
        shape = window.get_geometry()
        corner = display.screen().root.translate_coords(window, 0, 0)
    except GONE:
        return False  # it closed while we looked
    border = shape.border_width
    return place.overlaps(
        Place(corner.x - border, corner.y - border, shape.width + 2 * border, shape.height + 2 * border)
    )


def _contains(display: Display, window: Window, place: Place) -> bool:
    outer = place_of(display, window)
    return (
        place.x >= outer.x
        and place.y >= outer.y
        and place.x + place.width <= outer.x + outer.width
        and place.y + place.height <= outer.y + outer.height
    )


def _property(display: Display, window: Window, name: str) -> Sequence[int]:
    found = window.get_full_property(display.get_atom(name), X.AnyPropertyType)
    return cast(Sequence[int], found.value) if found is not None and found.format == 32 else ()


def _lives(display: Display, window_id: int) -> bool:
    try:
        _window(display, window_id).get_geometry()
    except GONE:
        return False
    return True


def _window(display: Display, window_id: int) -> Window:
    return display.create_resource_object("window", window_id)
