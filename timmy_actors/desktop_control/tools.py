"""The tools, as an MCP client sees them: names, arguments, descriptions, and answers."""

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
        description="The window meant: its title (* stands for anything), class:NAME, pid:NUMBER or id:NUMBER, or a"
        " list of which the first match wins"
    ),
]
ImageSize = Annotated[
    tuple[int, int] | None,
    Field(description="[width, height] of the picture that x and y were read in; without it they are the window's own"),
]
Region = Annotated[
    tuple[int, int, int, int] | None,
    Field(description="[x, y, width, height]: the part wanted of the window or the screen, in its own pixels"),
]
X = Annotated[int, Field(description="From the left edge of the window, or of the screen without window_title")]
Y = Annotated[int, Field(description="From the upper edge of the window, or of the screen without window_title")]
Key = Annotated[str, Field(description="Such as w, space, enter, esc, ctrl, f5, up, or an X keysym's name")]
FoundBy = Annotated[
    By, Field(description="position: the key that a US keyboard calls so, on any layout; keysym: the key that makes it")
]
Expires = Annotated[float, Field(description="Seconds until it is let go by itself, at most 60")]


class Tools:
    """Each public method is a tool of the same name."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop

    def take_screenshot(
        self,
        filename: Annotated[
            str | None, Field(description="A plain name, .png or .jpg; without one the picture is in the answer")
        ] = None,
        window_title: Title = None,
        *,
        format: Annotated[Literal["png", "jpeg"] | None, Field(description="Else filename's, else jpeg")] = None,  # noqa: A002
        quality: Annotated[int, Field(ge=1, le=95, description="JPEG's")] = 85,
        max_width: Annotated[int | None, Field(ge=1, description="Shrink the picture to this width")] = None,
        max_height: Annotated[int | None, Field(ge=1, description="Shrink the picture to this height")] = None,
        region: Region = None,
        wait_until: Annotated[
            Wait | None, Field(description="stable: nothing moves; change: it differs from the last picture of it")
        ] = None,
        wait_s: Annotated[float, Field(gt=0, le=30, description="How long to wait for that at most, in seconds")] = 5.0,
    ) -> Pictured:
        """Take a picture of the window (covered or not) or of the whole screen, never older than the last action."""
        kind = _format(filename, format)
        part, settled = None if region is None else Place(*region), None
        if wait_until is None:
            look = self._desktop.eye.look(window_title, part)
        else:
            look, settled = self._desktop.eye.look_until(window_title, part, wait_until, wait_s)
        self._desktop.eye.remember(window_title, part, look)
        frame = pictures.fitted(look.frame, max_width, max_height)
        data = pictures.encoded(frame, kind, quality)
        path = None if filename is None else self._desktop.album.keep(filename, data)
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
            black=all(pictures.is_black(part) for part in look.frame.parts),
            screen=ScreenSize(width=look.screen.width, height=look.screen.height),
            mouse=MousePosition(x=look.mouse.x, y=look.mouse.y, inside=_is_inside(look)),
            taken_at=look.taken_at,
        )
        return Pictured(capture, data if path is None else None)

    def get_screen_size(self, window_title: Title = None) -> ScreenSize:
        """The screen's size in pixels, or the window's."""
        return self._desktop.size(window_title)

    def get_mouse_position(self, window_title: Title = None) -> MousePosition:
        """Where the pointer is on the screen, or from the window's upper left corner."""
        return self._desktop.mouse_position(window_title)

    def pixel_color(self, x: X, y: Y, window_title: Title = None, image_size: ImageSize = None) -> PixelColor:
        """The colour of one pixel."""
        red, green, blue = self._desktop.eye.colour(window_title, Point(x, y), _size(image_size))
        return PixelColor(red=red, green=green, blue=blue, hex=f"#{red:02x}{green:02x}{blue:02x}")

    def get_os(self) -> OperatingSystem:
        """The operating system that this server runs on. Asks nothing of the display."""
        return OperatingSystem(
            system=platform.system(),
            release=platform.release(),
            machine=platform.machine(),
            display=self._desktop.display or "",
        )

    def list_windows(self) -> Windows:
        """Every window that has a title, minimised ones too."""
        return self._desktop.windows()

    def focus_window(self, title: Title) -> WindowFacts:
        """Bring a window to the front and give it the focus; a minimised one is shown."""
        if title is None:
            raise refused("bad_arguments", "title: give a title, or a list of titles")
        return focus(self._desktop.connection, title)

    def click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
        button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Click at a point, or without x and y where the pointer is."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, button)

    def right_click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None
    ) -> Acted:
        """Click with the right button at a point, or without x and y where the pointer is."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, "right")

    def double_click(
        self, x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
        button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Click twice at a point, or without x and y where the pointer is."""
        return self._desktop.mouse.click(_point(x, y), _size(image_size), window_title, button, times=2)

    def move_to(self, x: X, y: Y, window_title: Title = None, image_size: ImageSize = None) -> Acted:
        """Put the pointer on a point."""
        return self._desktop.mouse.move(Point(x, y), _size(image_size), window_title)

    def move_relative(self, dx: int, dy: int, window_title: Title = None) -> Acted:
        """Move the pointer by so many pixels, as a mouse does: how one looks around in a first-person game."""
        return self._desktop.mouse.move_by(dx, dy, window_title)

    def drag_to(
        self, x: X, y: Y, duration: Annotated[float, Field(description="Seconds, at most 30")] = 0.5,
        *, window_title: Title = None, image_size: ImageSize = None, button: Button = "left",
    ) -> Acted:  # fmt: skip
        """Press the button where the pointer is, move to a point, and let go."""
        return self._desktop.mouse.drag(Point(x, y), _size(image_size), window_title, duration, button)

    def scroll(
        self, amount: Annotated[int, Field(description="Steps of the wheel: up where positive, down where negative")],
        x: X | None = None, y: Y | None = None, window_title: Title = None, image_size: ImageSize = None,
    ) -> Acted:  # fmt: skip
        """Turn the mouse wheel, at a point or where the pointer is."""
        return self._desktop.mouse.scroll(amount, _point(x, y), _size(image_size), window_title)

    def mouse_down(
        self, button: Button = "left", window_title: Title = None, expires_s: Expires = HOLD_LIMIT_S
    ) -> Acted:
        """Press a mouse button where the pointer is, to stay until mouse_up, release_all or expires_s."""
        return self._desktop.mouse.down(button, window_title, expires_s)

    def mouse_up(self, button: Button = "left") -> Acted:
        """Let a mouse button go; nothing happens where it is not down."""
        return self._desktop.mouse.up(button)

    def hold_mouse(
        self, seconds: Annotated[float, Field(description="More than 0, at most 60")], button: Button = "left",
        window_title: Title = None,
    ) -> Acted:  # fmt: skip
        """Hold a mouse button where the pointer is for a while, and answer when it is over."""
        return self._desktop.mouse.hold(button, seconds, window_title)

    def type_text(
        self, text: str, window_title: Title = None,
        interval_s: Annotated[float, Field(ge=0.01, le=1, description="Between characters")] = TYPED_APART_S,
    ) -> Acted:  # fmt: skip
        """Type text into what has the focus; a newline is the enter key. All of it can be typed, or nothing is."""
        return self._desktop.keystrokes.text(text, window_title, interval_s)

    def press_key(self, key: Key, window_title: Title = None, by: FoundBy = "position") -> Acted:
        """Press a key and let it go, long enough for a game to see it."""
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
        """Press a key to stay until key_up, release_all or expires_s; again while it is down: it stays longer."""
        return self._desktop.keystrokes.down(key, window_title, expires_s, by)

    def key_up(self, key: Key, by: FoundBy = "position") -> Acted:
        """Let a key go; nothing happens where it is not down."""
        return self._desktop.keystrokes.up(key, by)

    def hold_key(
        self, key: Key, seconds: Annotated[float, Field(description="More than 0, at most 60")],
        window_title: Title = None, by: FoundBy = "position",
    ) -> Acted:  # fmt: skip
        """Hold a key for a while, and answer when it is over. Other actions may come meanwhile."""
        return self._desktop.keystrokes.hold(key, seconds, window_title, by)

    def release_all(self) -> Released:
        """Let go of every key and button now, and end the actions under way. Do it when the agent pauses."""
        return Released(released=self._desktop.hands.release_all())


OBSERVING = {"take_screenshot", "get_screen_size", "get_mouse_position", "pixel_color", "get_os", "list_windows"}
NAMES = [name for name in vars(Tools) if not name.startswith("_")]


def tools_of(desktop: Desktop) -> list[Tool]:
    """The tools on a desktop, for an MCP server."""
    tools = Tools(desktop)
    return [as_tool(getattr(tools, name), desktop.hands, kind=_kind(name)) for name in NAMES]


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
        raise refused("bad_arguments", f"{filename!r} is a {kind}, format says {wanted}: leave one of them out")
    return kind


def _point(x: int | None, y: int | None) -> Point | None:
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise refused("bad_arguments", "x and y: give both, or none to act where the pointer is")
    return Point(x, y)


def _size(image_size: tuple[int, int] | None) -> Size | None:
    return None if image_size is None else Size(*image_size)
