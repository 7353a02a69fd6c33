"""Windows by title: which there are, and the one that is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from Xlib import X

from timmy_actors.desktop_control.layout import GONE, has_focus, is_visible, outermost, place_of
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import WindowFacts
from timmy_actors.desktop_control.selectors import Titles, as_patterns, classes_of, is_meant, pid_of

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

MAX_TITLE_BYTES = 4096
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
    managed = _managed(display, root)
    known = {window.id for window in managed} | {frame for window in managed for frame in _frame_of(window)}
    known |= set(_property(display, root, "_NET_SUPPORTING_WM_CHECK"))  # the window manager's own mark, one pixel large
    roots = [child for child in root.query_tree().children if child.id not in known]
    if not managed:
        roots = [window for child in roots for window in _clients_in(display, child)]
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


def _clients_in(display: Display, frame: Window) -> list[Window]:
    """The programs' windows in one right under the root, where no list of them is kept (Weston keeps none).

    A window manager marks each window that it looks after with WM_STATE (ICCCM, section 4.1.3.1).
    """
    try:
        if title_of(display, frame) or _property(display, frame, "WM_STATE"):
            return [frame]
        return [window for child in frame.query_tree().children for window in _marked(display, child)]
    except GONE:
        return []  # it closed while we looked


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


def facts_of(display: Display, window: Window) -> WindowFacts:
    """What there is to say about it."""
    place = place_of(display, window)
    return WindowFacts(
        id=window.id,
        title=title_of(display, window),
        window_class=next(iter(classes_of(window)[1:]), ""),
        pid=pid_of(display, window),
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


def _property(display: Display, window: Window, name: str) -> Sequence[int]:
    found = window.get_full_property(display.get_atom(name), X.AnyPropertyType)
    return cast("Sequence[int]", found.value) if found is not None and found.format == 32 else ()


def _lives(display: Display, window_id: int) -> bool:
    try:
        _window(display, window_id).get_geometry()
    except GONE:
        return False
    return True


def _window(display: Display, window_id: int) -> Window:
    return display.create_resource_object("window", window_id)
