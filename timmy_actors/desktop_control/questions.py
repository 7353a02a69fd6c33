"""Queries about windows that are sent to the X server in one batch, to wait for one round trip instead of several.

python-xlib's own methods wait for each reply. Its requests accept `defer`: they are sent with the next request that
waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from Xlib import X
from Xlib.ext import res
from Xlib.protocol import request

from timmy_actors.desktop_control.window_target import Place, Point, Size

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

MAX_TITLE_BYTES = 4096
MAX_LIST_WORDS = 65_536
"""Maximum number of windows read from a window manager's list."""
TITLES = (("_NET_WM_NAME", "utf-8"), ("WM_NAME", "latin-1"))
"""The properties that may hold a title, with their encodings, the preferred one first."""


class PropertyQuestion:
    """Queries a property of a window."""

    def __init__(self, display: Display, window: Window, name: str, words: int = MAX_LIST_WORDS) -> None:
        self._request: Any = request.GetProperty(
            display=_protocol_of(window), defer=True, delete=False, window=window.id, property=display.get_atom(name),
            type=X.AnyPropertyType, long_offset=0, long_length=words,
        )  # fmt: skip

    def numbers(self) -> Sequence[int]:
        """The property's 32-bit numbers; empty if the window lacks the property."""
        return self._value_of(32)

    def text(self, encoding: str) -> str:
        """The property's text; empty if the window lacks the property."""
        return bytes(self._value_of(8)).decode(encoding, errors="replace")

    def _value_of(self, bits: int) -> Sequence[int]:
        self._request.reply()
        if not self._request.property_type or self._request.value[0] != bits:
            return ()
        return cast("Sequence[int]", self._request.value[1])


class TitleQuestion:
    """Queries a window's title."""

    def __init__(self, display: Display, window: Window) -> None:
        self._names = [
            (PropertyQuestion(display, window, name, MAX_TITLE_BYTES // 4), encoding) for name, encoding in TITLES
        ]

    def answer(self) -> str:
        """The title; empty if the window has none."""
        return next(
            (title for question, encoding in self._names if (title := question.text(encoding).strip("\x00"))), ""
        )


class PlaceQuestion:
    """Queries a window's rectangle on the screen."""

    def __init__(self, display: Display, window: Window) -> None:
        protocol = _protocol_of(window)
        self._shape: Any = request.GetGeometry(display=protocol, defer=True, drawable=window.id)
        self._corner: Any = request.TranslateCoords(
            display=protocol, defer=True, src_wid=window.id, dst_wid=display.screen().root.id, src_x=0, src_y=0
        )

    def answer(self) -> Place:
        """The rectangle without the border."""
        self._shape.reply()
        self._corner.reply()
        return Place(self._corner.x, self._corner.y, self._shape.width, self._shape.height)

    def with_border(self) -> Place:
        """The rectangle with the border."""
        inside, border = self.answer(), cast("int", self._shape.border_width)
        return Place(inside.x - border, inside.y - border, inside.width + 2 * border, inside.height + 2 * border)


class AttributesQuestion:
    """Queries a window's attributes."""

    def __init__(self, _display: Display, window: Window) -> None:
        self._request: Any = request.GetWindowAttributes(display=_protocol_of(window), defer=True, window=window.id)

    def answer(self) -> Any:
        """`map_state`, `win_class`, `override_redirect` (X11, GetWindowAttributes)."""
        self._request.reply()
        return self._request


class TreeQuestion:
    """Queries a window's parent and children."""

    def __init__(self, _display: Display, window: Window) -> None:
        self._request: Any = request.QueryTree(display=_protocol_of(window), defer=True, window=window.id)

    def answer(self) -> Any:
        """`root`, `parent`, and `children` from the lowest to the highest (X11, QueryTree)."""
        self._request.reply()
        return self._request


class PidQuestion:
    """Queries the process that owns a window, according to the X server (X-Resource 1.2)."""

    def __init__(self, display: Display, window: Window) -> None:
        self._request: Any = None
        if display.has_extension("X-Resource"):
            self._request = res.QueryClientIds(
                display=display.display, opcode=display.display.get_extension_major(res.extname), defer=True,
                specs=[{"client": window.id, "mask": res.LocalClientPIDMask}],
            )  # fmt: skip

    def answer(self) -> int | None:
        """The process; None: it is on another machine, or the X server does not know it."""
        if self._request is None:
            return None
        self._request.reply()
        return next((cast("int", each.value[0]) for each in self._request.ids if each.value), None)


class FocusQuestion:
    """Queries the keyboard focus."""

    def __init__(self, display: Display) -> None:
        self._request: Any = request.GetInputFocus(display=display.display, defer=True)

    def answer(self) -> Any:
        """The window that has the focus, or `X.NONE` or `X.PointerRoot` (X11, GetInputFocus)."""
        self._request.reply()
        return self._request.focus


class PointerQuestion:
    """Queries the pointer."""

    def __init__(self, display: Display) -> None:
        root = display.screen().root
        self._request: Any = request.QueryPointer(display=_protocol_of(root), defer=True, window=root.id)

    def answer(self) -> Point:
        """Its position on the screen."""
        self._request.reply()
        return Point(self._request.root_x, self._request.root_y)


Question = TypeVar("Question", PlaceQuestion, AttributesQuestion, TreeQuestion)


class Survey:
    """Queries about windows, each sent once.

    A survey that repeats an earlier one sends all queries of that one in one batch. Others are sent when they are made.
    """

    def __init__(self, display: Display, repeats: Survey | None = None) -> None:
        self.display = display
        self._asked: dict[tuple[type, int], tuple[Any, Window]] = {}
        for kind, window in () if repeats is None else repeats.asked():
            self._ask(kind, window)
        self._screen = self.place(display.screen().root)

    def asked(self) -> list[tuple[type, Window]]:
        """The kind and the window of each query."""
        return [(kind, window) for (kind, _), (_, window) in self._asked.items()]

    def screen(self) -> Size:
        """The size of the screen."""
        return self._screen.answer().size

    def place(self, window: Window) -> PlaceQuestion:
        """The query for a window's rectangle."""
        return self._ask(PlaceQuestion, window)

    def attributes(self, window: Window) -> AttributesQuestion:
        """The query for a window's attributes."""
        return self._ask(AttributesQuestion, window)

    def tree(self, window: Window) -> TreeQuestion:
        """The query for a window's parent and children."""
        return self._ask(TreeQuestion, window)

    def _ask(self, kind: type[Question], window: Window) -> Question:
        if (kind, window.id) not in self._asked:
            self._asked[kind, window.id] = (kind(self.display, window), window)
        return cast("Question", self._asked[kind, window.id][0])


def _protocol_of(window: Window) -> Any:
    return window.display
