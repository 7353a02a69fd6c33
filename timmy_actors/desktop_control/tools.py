"""The tools of the MCP server: names, arguments, descriptions, and results."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from timmy_actors.desktop_control import pictures
from timmy_actors.desktop_control.answering import Kind, Pictured, as_tool
from timmy_actors.desktop_control.capture import Wait
from timmy_actors.desktop_control.desktop import Desktop
from timmy_actors.desktop_control.focus import focus
from timmy_actors.desktop_control.input import HOLD_LIMIT_S
from timmy_actors.desktop_control.keyboard import By
from timmy_actors.desktop_control.keystrokes import TYPED_APART_S
from timmy_actors.desktop_control.mouse import Button
from timmy_actors.desktop_control.pictures import Format
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import (
    Acted,
    Capture,
    MousePosition,
    OperatingSystem,
    PixelColor,
    Released,
    ScreenSize,
    WindowFacts,
    Windows,
)
from timmy_actors.desktop_control.window_target import Place, Point, Size

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from timmy_actors.desktop_control.capture import Look

Title = Annotated[
    str | list[str] | None,
    Field(
        description="The target window: its title (* matches any text), class:NAME, pid:NUMBER or id:NUMBER, or a list"
        " of these, of which the first match is used"
    ),
]
ImageSize = Annotated[
    tuple[int, int] | None,
    Field(description="[width, height] of the picture in which x and y were read; default: the window's own size"),
]
Region = Annotated[
    tuple[int, int, int, int] | None,
    Field(description="[x, y, width, height]: the part of the window or the screen to capture, in its own pixels"),
]
X = Annotated[int, Field(description="From the left edge of the window, or of the screen without window_title")]
Y = Annotated[int, Field(description="From the upper edge of the window, or of the screen without window_title")]
Key = Annotated[str, Field(description="Such as w, space, enter, esc, ctrl, f5, up, or an X keysym's name")]
FoundBy = Annotated[
    By,
    Field(
        description="position: the key at its position on a US keyboard, on any layout; keysym: the key that produces"
        " it on the active layout"
    ),
]
Expires = Annotated[float, Field(description="Seconds until it is released automatically, at most 60")]


class Tools:
    """Each public method is a tool of the same name."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def take_screenshot(
        self,
        filename: Annotated[
            str | None, Field(description="A plain name, .png or .jpg; default: the picture is in the result")
        ] = None,
        window_title: Title = None,
        *,
        format: Annotated[Literal["png", "jpeg"] | None, Field(description="Default: filename's, or jpeg")] = None,  # noqa: A002
        quality: Annotated[int, Field(ge=1, le=95, description="JPEG quality")] = 85,
        max_width: Annotated[int | None, Field(ge=1, description="Reduce the picture to this width")] = None,
        max_height: Annotated[int | None, Field(ge=1, description="Reduce the picture to this height")] = None,
        region: Region = None,
        wait_until: Annotated[
            Wait | None, Field(description="stable: nothing moves; change: it differs from the last screenshot")
        ] = None,
        wait_s: Annotated[float, Field(gt=0, le=30, description="Maximum wait for wait_until, in seconds")] = 5.0,
    ) -> Pictured:
        """Capture the window, even if it is covered, or the whole screen. It is never older than the last action."""
        kind = _format(filename, format)
        part, settled = None if region is None else Place(*region), None
        if wait_until is None:
            look = self._desktop.capture.look(window_title, part)
        else:
            look, settled = self._desktop.capture.look_until(window_title, part, wait_until, wait_s)
        self._desktop.capture.remember(window_title, part, look)
        frame = pictures.fitted(look.frame, max_width, max_height)
        data = self._desktop.encoder.encode(frame, kind, quality)
        path = None if filename is None else self._desktop.captures.write(filename, data)
        capture = Capture(
            path=None if path is None else str(path),
            format=kind,
            bytes=len(data),
            width=frame.size.width,
            height=frame.size.height,
            source_width=look.frame.size.width,
            source_height=look.frame.size.height,
            window=look.window,
            region=region,
            settled=settled,
            covered=look.covered,
            black=pictures.is_black(look.frame.mapped()),
            screen=ScreenSize(width=look.screen.width, height=look.screen.height),
            mouse=MousePosition(x=look.mouse.x, y=look.mouse.y, inside=_is_inside(look)),
            taken_at=look.taken_at,
        )
        return Pictured(capture, data if path is None else None)

    def get_screen_size(self, window_title: Title = None) -> ScreenSize:
        """Get the size of the screen, or of the window, in pixels."""
        return self._desktop.size(window_title)

    def get_mouse_position(self, window_title: Title = None) -> MousePosition:
        """Get the pointer's position on the screen, or relative to the window's upper left corner."""
        return self._desktop.mouse_position(window_title)

    def pixel_color(self, x: X, y: Y, window_title: Title = None, image_size: ImageSize = None) -> PixelColor:
        """Get the colour of one pixel."""
        red, green, blue = self._desktop.capture.colour(window_title, Point(x, y), _size(image_size))
        return PixelColor(red=red, green=green, blue=blue, hex=f"#{red:02x}{green:02x}{blue:02x}")

    def get_os(self) -> OperatingSystem:
        """Get the operating system of this server. Works without a display."""
        return OperatingSystem(
            system=platform.system(),
            release=platform.release(),
            machine=platform.machine(),
            display=self._desktop.display or "",
        )

    def list_windows(self) -> Windows:
        """List every window that has a title, including minimised ones."""
        return self._desktop.windows()

    def focus_window(self, title: Title) -> WindowFacts:
        """Bring a window to the front and give it the focus; a minimised window is restored."""
        if title is None:
            raise refused("bad_arguments", "title: must be a title or a list of titles")
        return focus(self._desktop.connection, title)

    def click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
        button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Click at a point, or at the pointer's position if x and y are omitted."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, button)

    def right_click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None
    ) -> Acted:
        """Click with the right button at a point, or at the pointer's position if x and y are omitted."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, "right")

    def double_click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
        button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Double-click at a point, or at the pointer's position if x and y are omitted."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, button, times=2)

    def move_to(self, x: X, y: Y, window_title: Title = None, image_size: ImageSize = None) -> Acted:
        """Move the pointer to a point."""
        return self._desktop.mouse.move(Point(x, y), _size(image_size), window_title)

    def move_relative(self, dx: int, dy: int, window_title: Title = None) -> Acted:
        """Move the pointer relative to its position, in pixels. Use it to look around in a first-person game."""
        return self._desktop.mouse.move_by(dx, dy, window_title)

    def drag_to(
        self, x: X, y: Y, duration: Annotated[float, Field(description="Seconds, at most 30")] = 0.5,
        *, window_title: Title = None, image_size: ImageSize = None, button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Press the button at the pointer's position, move to a point, and release the button."""
        return self._desktop.mouse.drag(Point(x, y), _size(image_size), window_title, duration, button)

    def scroll(
        self, amount: Annotated[int, Field(description="Wheel steps: positive is up, negative is down")],
        x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
    ) -> Acted:  # fmt: skip
        """Turn the mouse wheel at a point, or at the pointer's position."""
        return self._desktop.mouse.scroll(amount, _point(x, y), _size(image_size), window_title)

    def mouse_down(
        self, button: Button = "left", window_title: Title = None, expires_s: Expires = HOLD_LIMIT_S
    ) -> Acted:
        """Press a mouse button at the pointer's position. It stays down until mouse_up, release_all or expires_s."""
        return self._desktop.mouse.down(button, window_title, expires_s)

    def mouse_up(self, button: Button = "left") -> Acted:
        """Release a mouse button; without effect if it is not held."""
        return self._desktop.mouse.up(button)

    def hold_mouse(
        self, seconds: Annotated[float, Field(description="More than 0, at most 60")], button: Button = "left",
        window_title: Title = None,
    ) -> Acted:  # fmt: skip
        """Hold a mouse button at the pointer's position for some seconds; returns when it is released."""
        return self._desktop.mouse.hold(button, seconds, window_title)

    def type_text(
        self, text: str, window_title: Title = None,
        interval_s: Annotated[float, Field(ge=0.01, le=1, description="Between characters")] = TYPED_APART_S,
    ) -> Acted:  # fmt: skip
        """Type text into the focused window; a newline presses enter. If a character cannot be typed, none is."""
        return self._desktop.keystrokes.text(text, window_title, interval_s)

    def press_key(self, key: Key, window_title: Title = None, by: FoundBy = "position") -> Acted:
        """Press and release a key. It stays down long enough for a game to notice it."""
        return self._desktop.keystrokes.tap(key, window_title, by)

    def hotkey(
        self, keys: Annotated[str, Field(description="Names separated by spaces: ctrl shift s")],
        window_title: Title = None, by: FoundBy = "position",
    ) -> Acted:  # fmt: skip
        """Press the keys of a combination together."""
        return self._desktop.keystrokes.hotkey(keys, window_title, by)

    def key_down(
        self, key: Key, window_title: Title = None, expires_s: Expires = HOLD_LIMIT_S, by: FoundBy = "position"
    ) -> Acted:
        """Press a key that stays down until key_up, release_all or expires_s. Call it again to change expires_s."""
        return self._desktop.keystrokes.down(key, window_title, expires_s, by)

    def key_up(self, key: Key, by: FoundBy = "position") -> Acted:
        """Release a key; without effect if it is not held."""
        return self._desktop.keystrokes.up(key, by)

    def hold_key(
        self, key: Key, seconds: Annotated[float, Field(description="More than 0, at most 60")],
        window_title: Title = None, by: FoundBy = "position",
    ) -> Acted:  # fmt: skip
        """Hold a key for some seconds; returns when it is released. Other actions can run at the same time."""
        return self._desktop.keystrokes.hold(key, seconds, window_title, by)

    def release_all(self) -> Released:
        """Release every key and button now, and interrupt the running actions. Call it before a pause."""
        return Released(released=self._desktop.input.release_all())


OBSERVING = {"take_screenshot", "get_screen_size", "get_mouse_position", "pixel_color", "get_os", "list_windows"}
NAMES = [name for name in vars(Tools) if not name.startswith("_")]


def tools_of(desktop: Desktop) -> list[Tool]:
    """The tools of a desktop, for an MCP server."""
    tools = Tools(desktop)
    return [as_tool(getattr(tools, name), desktop.input, kind=_kind(name)) for name in NAMES]


def _kind(name: str) -> Kind:
    if name in OBSERVING:
        return "look"
    return "release" if name == "release_all" else "act"


def _is_inside(look: Look) -> bool:
    shown = look.screen if look.window is None else Size(look.window.width, look.window.height)
    return 0 <= look.mouse.x < shown.width and 0 <= look.mouse.y < shown.height


def _format(filename: str | None, wanted: Format | None) -> Format:
    if filename is None:
        return wanted or "jpeg"
    kind = pictures.format_of(filename)
    if wanted not in (None, kind):
        raise refused("bad_arguments", f"filename {filename!r} means {kind}, format is {wanted}: omit one of them")
    return kind


def _point(x: int | None, y: int | None) -> Point | None:
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise refused("bad_arguments", "x and y: pass both, or neither to use the pointer's position")
    return Point(x, y)


def _size(image_size: tuple[int, int] | None) -> Size | None:
    return None if image_size is None else Size(*image_size)
