"""Windows by title: which there are, and the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from Xlib import X

from timmy_actors.desktop_control.layout import GONE, has_focus
from timmy_actors.desktop_control.questions import (
    AttributesQuestion,
    PlaceQuestion,
    PropertyQuestion,
    TitleQuestion,
    TreeQuestion,
)
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.selectors import Titles, as_patterns, is_meant, pid_of

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

ON_EVERY_WORKSPACE = 0xFFFFFFFF
"""What EWMH's _NET_WM_DESKTOP says of a window that is on all of them."""


class Candidate(NamedTuple):
    """A window that has a title."""

    window: Window
    title: str
    visible: bool


def find(display: Display, titles: Titles, *, hidden_too: bool = False) -> Window:
    """The window that the first matching title means; hidden ones only where asked for, and where none is visible.

    Raises:
        RefusedError: no window has one of the titles, two have it, or it is hidden.
    """
    patterns, candidates = as_patterns(titles), titled(display)
    for pattern in patterns:
        meant = [each for each in candidates if _is_meant(display, each, pattern)]
        if meant:
            return _only_one(display, meant, pattern, hidden_too=hidden_too)
    seen = ", ".join(repr(candidate.title) for candidate in candidates[:8]) or "none"
    wanted = " or ".join(repr(pattern) for pattern in patterns)
    raise refused(
        "window_not_found",
        f"no window on display {display.get_display_name()} is called {wanted}; there are: {seen}. Is the game running?"
        " One in gamescope has a display of its own: give this server that as DISPLAY",
    )


def _is_meant(display: Display, candidate: Candidate, pattern: str) -> bool:
    try:
        return is_meant(display, candidate.window, candidate.title, pattern)
    except GONE:
        return False  # it closed while we looked


def _only_one(display: Display, meant: list[Candidate], pattern: str, *, hidden_too: bool) -> Window:
    visible = [candidate for candidate in meant if candidate.visible]
    if not visible and not hidden_too:
        raise refused(
            "window_hidden", f"the window {pattern!r} is minimised or on another desktop: focus_window shows it"
        )
    left = visible or meant
    if len(left) > 1:
        ids = ", ".join(f"id:{each.window.id:#x} (pid:{pid_of(display, each.window)})" for each in left)
        raise refused("window_ambiguous", f"{len(left)} windows are {pattern!r}: give one of these instead: {ids}")
    return left[0].window


def titled(display: Display) -> list[Candidate]:
    """Every window that has a title: the window manager's list, and what it does not manage (full screen games)."""
    root = display.screen().root
    tree, mark = TreeQuestion(root), PropertyQuestion(display, root, "_NET_SUPPORTING_WM_CHECK")
    managed = _managed(display, root)
    known = {window.id for window in managed} | _around(managed)
    known |= set(mark.numbers())  # the window manager's own mark, one pixel large
    others = [child for child in tree.answer().children if child.id not in known]
    asked = [_Asked(display, window) for window in (*managed, *others)]
    first, rest = asked[: len(managed)], asked[len(managed) :]
    if not managed:
        rest = [client for each in rest for client in each.clients(display)]
    found = [each.candidate() for each in first]
    found += [each.candidate(alone=bool(managed)) for each in rest]
    return [candidate for candidate in found if candidate is not None]


def is_managed(display: Display, window: Window) -> bool:
    """Whether a window manager looks after it."""
    return window.id in {each.id for each in _managed(display, display.screen().root)}


def _managed(display: Display, root: Window) -> list[Window]:
    mark, clients = (PropertyQuestion(display, root, name) for name in ("_NET_SUPPORTING_WM_CHECK", "_NET_CLIENT_LIST"))
    check, listed = mark.numbers(), clients.numbers()
    if not check or not listed or not _lives(display, check[0]):
        return []  # no window manager, or one that died and left its list
    return [_window(display, each) for each in listed]


def _around(windows: list[Window]) -> set[int]:
    """What the windows are in: the window manager's frames."""
    found: set[int] = set()
    while windows:
        trees, windows = [TreeQuestion(window) for window in windows], []
        for tree in trees:
            try:
                answer = tree.answer()
            except GONE:
                continue  # it closed while we looked
            if answer.parent.id != answer.root.id:
                windows.append(answer.parent)
        found |= {window.id for window in windows}
    return found


class _Asked:
    """A window, and what tells whether it is one of a program's."""

    def __init__(self, display: Display, window: Window) -> None:
        self._window = window
        self._attributes = AttributesQuestion(window)
        self._title = TitleQuestion(display, window)
        self._state = PropertyQuestion(display, window, "WM_STATE")

    def clients(self, display: Display) -> list[_Asked]:
        """The programs' windows in one right under the root, where no list of them is kept (Weston keeps none).

        A window manager marks each window that it looks after with WM_STATE (ICCCM, section 4.1.3.1).
        """
        try:
            if self._title.answer() or self._state.numbers():
                return [self]
            children = self._window.query_tree().children
            return [_Asked(display, window) for child in children for window in _marked(display, child)]
        except GONE:
            return []  # it closed while we looked

    def candidate(self, *, alone: bool = False) -> Candidate | None:
        """The window, if it has a title; `alone`: and shows itself past a window manager."""
        try:
            attributes = self._attributes.answer()
            visible = attributes.map_state == X.IsViewable
            if attributes.win_class == X.InputOnly or (alone and not (attributes.override_redirect and visible)):
                return None
            title = self._title.answer()
        except GONE:
            return None  # it closed while we looked
        return Candidate(self._window, title, visible) if title else None


def _marked(display: Display, window: Window) -> list[Window]:
    if _property(display, window, "WM_STATE"):
        return [window]
    return [found for child in window.query_tree().children for found in _marked(display, child)]


def workspace_of(display: Display, window: Window) -> int | None:
    """The number of the workspace that a window is on, where that is another than the one in front."""
    current = _property(display, display.screen().root, "_NET_CURRENT_DESKTOP")
    own = _property(display, window, "_NET_WM_DESKTOP")
    if not current or not own or own[0] in (ON_EVERY_WORKSPACE, current[0]):
        return None
    return own[0]


def title_of(display: Display, window: Window) -> str:
    """What the window is called; empty where it has no name."""
    return TitleQuestion(display, window).answer()


def facts_of(display: Display, window: Window) -> WindowFacts:
    """What there is to say about it."""
    place, title = PlaceQuestion(display, window), TitleQuestion(display, window)
    attributes, classes = AttributesQuestion(window), PropertyQuestion(display, window, "WM_CLASS")
    return WindowFacts(
        id=window.id,
        title=title.answer(),
        window_class="".join(classes.text("latin-1").split("\x00")[1:2]),
        pid=pid_of(display, window),
        **place.answer()._asdict(),
        visible=attributes.answer().map_state == X.IsViewable,
        focused=has_focus(display, window),
    )


def facts_or_none(display: Display, window: Window) -> WindowFacts | None:
    """The same; None where it is gone."""
    try:
        return facts_of(display, window)
    except GONE:
        return None


def _property(display: Display, window: Window, name: str) -> Sequence[int]:
    return PropertyQuestion(display, window, name).numbers()


def _lives(display: Display, window_id: int) -> bool:
    try:
        _window(display, window_id).get_geometry()
    except GONE:
        return False
    return True


def _window(display: Display, window_id: int) -> Window:
    return display.create_resource_object("window", window_id)
