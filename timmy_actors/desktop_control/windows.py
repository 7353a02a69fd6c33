"""Lists windows, and finds the one that a title selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from Xlib import X

from timmy_actors.desktop_control.layout import GONE, is_focused
from timmy_actors.desktop_control.questions import (
    AttributesQuestion,
    FocusQuestion,
    PidQuestion,
    PropertyQuestion,
    Survey,
    TitleQuestion,
    TreeQuestion,
)
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.selectors import Titles, as_patterns, is_meant

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

ON_EVERY_WORKSPACE = 0xFFFFFFFF
"""The value of EWMH's _NET_WM_DESKTOP for a window that is on all workspaces."""


class Candidate(NamedTuple):
    """A window that has a title."""

    window: Window
    title: str
    visible: bool


def find(display: Display, titles: Titles, *, hidden_too: bool = False) -> Candidate:
    """The window that the first matching title selects. With `hidden_too`, a hidden one if no visible window matches.

    Raises:
        RefusedError: no window or several windows match, or the window is hidden.
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
        f"no window on display {display.get_display_name()} has the title {wanted}; the titles are: {seen}. Start the"
        " game; if it runs in gamescope, set this server's DISPLAY to gamescope's display",
    )


def _is_meant(display: Display, candidate: Candidate, pattern: str) -> bool:
    try:
        return is_meant(display, candidate.window, candidate.title, pattern)
    except GONE:
        return False  # the window closed during the query


def _only_one(display: Display, meant: list[Candidate], pattern: str, *, hidden_too: bool) -> Candidate:
    visible = [candidate for candidate in meant if candidate.visible]
    if not visible and not hidden_too:
        raise refused(
            "window_hidden", f"the window {pattern!r} is minimised or on another workspace: show it with focus_window"
        )
    left = visible or meant
    if len(left) > 1:
        ids = ", ".join(f"id:{each.window.id:#x} (pid:{PidQuestion(display, each.window).answer()})" for each in left)
        raise refused("window_ambiguous", f"{len(left)} windows match {pattern!r}: use one of these instead: {ids}")
    return left[0]


def titled(display: Display) -> list[Candidate]:
    """Every window that has a title: those that the window manager lists, and unmanaged ones (full-screen games)."""
    root = display.screen().root
    tree, mark = TreeQuestion(display, root), PropertyQuestion(display, root, "_NET_SUPPORTING_WM_CHECK")
    managed = _managed(display, root)
    known = {window.id for window in managed} | _around(display, managed)
    known |= set(mark.numbers())  # the window manager's own one-pixel window
    others = [child for child in tree.answer().children if child.id not in known]
    queries = [_Query(display, window) for window in (*managed, *others)]
    first, rest = queries[: len(managed)], queries[len(managed) :]
    if not managed:
        rest = [client for each in rest for client in each.clients(display)]
    candidates = [each.candidate() for each in first]
    candidates += [each.candidate(unmanaged=bool(managed)) for each in rest]
    return [candidate for candidate in candidates if candidate is not None]


def is_managed(display: Display, window: Window) -> bool:
    """Whether a window manager manages the window."""
    return window.id in {each.id for each in _managed(display, display.screen().root)}


def _managed(display: Display, root: Window) -> list[Window]:
    mark, clients = (PropertyQuestion(display, root, name) for name in ("_NET_SUPPORTING_WM_CHECK", "_NET_CLIENT_LIST"))
    check, listed = mark.numbers(), clients.numbers()
    if not check or not listed or not _lives(display, check[0]):
        return []  # no window manager, or one that ended and left its list
    return [_window(display, each) for each in listed]


def _around(display: Display, windows: list[Window]) -> set[int]:
    """The ids of all ancestors of the windows below the root: the window manager's frames."""
    ancestors: set[int] = set()
    while windows:
        trees, windows = [TreeQuestion(display, window) for window in windows], []
        for tree in trees:
            try:
                answer = tree.answer()
            except GONE:
                continue  # the window closed during the query
            if answer.parent.id != answer.root.id:
                windows.append(answer.parent)
        ancestors |= {window.id for window in windows}
    return ancestors


class _Query:
    """Queries about a window that decide whether it belongs to a program."""

    def __init__(self, display: Display, window: Window) -> None:
        self._window = window
        self._attributes = AttributesQuestion(display, window)
        self._title = TitleQuestion(display, window)
        self._state = PropertyQuestion(display, window, "WM_STATE")

    def clients(self, display: Display) -> list[_Query]:
        """The programs' windows inside a top-level window, for window managers without a window list, such as Weston.

        A window manager sets WM_STATE on each window that it manages (ICCCM, section 4.1.3.1).
        """
        try:
            if self._title.answer() or self._state.numbers():
                return [self]
            children = self._window.query_tree().children
            return [_Query(display, window) for child in children for window in _with_state(display, child)]
        except GONE:
            return []  # the window closed during the query

    def candidate(self, *, unmanaged: bool = False) -> Candidate | None:
        """The window if it has a title; with `unmanaged`, only if it is visible and bypasses the window manager."""
        try:
            attributes = self._attributes.answer()
            visible = attributes.map_state == X.IsViewable
            if attributes.win_class == X.InputOnly or (unmanaged and not (attributes.override_redirect and visible)):
                return None
            title = self._title.answer()
        except GONE:
            return None  # the window closed during the query
        return Candidate(self._window, title, visible) if title else None


def _with_state(display: Display, window: Window) -> list[Window]:
    if _property(display, window, "WM_STATE"):
        return [window]
    return [inner for child in window.query_tree().children for inner in _with_state(display, child)]


def workspace_of(display: Display, window: Window) -> int | None:
    """The number of a window's workspace, if it is not the active one."""
    current = _property(display, display.screen().root, "_NET_CURRENT_DESKTOP")
    own = _property(display, window, "_NET_WM_DESKTOP")
    if not current or not own or own[0] in (ON_EVERY_WORKSPACE, current[0]):
        return None
    return own[0]


def title_of(display: Display, window: Window) -> str:
    """The window's title; empty if it has none."""
    return TitleQuestion(display, window).answer()


class FactsQuestion:
    """Queries a window's title, class, process, rectangle and state."""

    def __init__(self, survey: Survey, window: Window) -> None:
        display = self._display = survey.display
        self._window = window
        self._place, self._attributes = survey.place(window), survey.attributes(window)
        self._title, self._classes = TitleQuestion(display, window), PropertyQuestion(display, window, "WM_CLASS")
        self._pid, self._focus = PidQuestion(display, window), FocusQuestion(display)

    def answer(self) -> WindowFacts:
        """The facts."""
        return WindowFacts(
            id=self._window.id,
            title=self._title.answer(),
            window_class="".join(self._classes.text("latin-1").split("\x00")[1:2]),
            pid=self._pid.answer(),
            **self._place.answer()._asdict(),
            visible=self._attributes.answer().map_state == X.IsViewable,
            focused=is_focused(self._display, self._window, self._focus),
        )


def facts_of(display: Display, window: Window) -> WindowFacts:
    """The window's title, class, process, rectangle and state."""
    return FactsQuestion(Survey(display), window).answer()


def facts_or_none(display: Display, window: Window) -> WindowFacts | None:
    """As `facts_of`; None if the window has closed."""
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
