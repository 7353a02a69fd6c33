"""The results of the tools, as structured content."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base class of the results, immutable."""

    model_config = ConfigDict(frozen=True)


class WindowFacts(Answer):
    """A window: its id, title, and its rectangle on the screen without the frame, in pixels."""

    id: int
    title: str
    window_class: str = Field("", description="the class name in its WM_CLASS; window_title accepts it as class:NAME")
    pid: int | None = Field(None, description="its process; null: on another machine")
    x: int
    y: int
    width: int
    height: int
    visible: bool = Field(description="false: minimised, or on another workspace")
    focused: bool = Field(description="whether the window has the keyboard focus")


class Windows(Answer):
    """Every window that has a title."""

    windows: list[WindowFacts]


class ScreenSize(Answer):
    """The size in pixels of the screen, or of the window if window_title was set."""

    width: int
    height: int


class MousePosition(Answer):
    """The pointer's position on the screen, or relative to the window's upper left corner if window_title was set."""

    x: int
    y: int
    inside: bool = Field(description="whether the position is on the screen, or inside the window")


class PixelColor(Answer):
    """A colour, each part 0 to 255."""

    red: int
    green: int
    blue: int
    hex: str


class OperatingSystem(Answer):
    """The operating system and the display of the server."""

    system: str = Field(description="Linux, Windows or Darwin")
    release: str
    machine: str
    display: str = Field(description="the X display; empty if none is configured")


class Capture(Answer):
    """A capture: its file, its window, and how its pixels relate to the window's."""

    path: str | None = Field(description="the file; null: the picture is in this result's content")
    format: Literal["png", "jpeg"]
    bytes: int
    width: int = Field(description="the picture's width: pass [width, height] as image_size of a later click")
    height: int
    source_width: int = Field(description="the width in the window's or the screen's own pixels")
    source_height: int
    window: WindowFacts | None = Field(description="null: the whole screen")
    region: tuple[int, int, int, int] | None = Field(None, description="x, y, width, height of the captured part")
    settled: bool | None = Field(None, description="whether wait_until was met in time; null: wait_until was not set")
    covered: bool = Field(description="other windows cover a part of the window; the picture does not show them")
    black: bool = Field(description="every pixel is black: a loading screen, or a window that has painted nothing")
    screen: ScreenSize = Field(description="as get_screen_size, of the whole screen")
    mouse: MousePosition = Field(description="as get_mouse_position, for the captured window")
    taken_at: datetime


class Acted(Answer):
    """An action that succeeded: its window, the pointer's position on the screen, and the keys and buttons held."""

    window: WindowFacts | None = None
    x: int
    y: int
    held: list[str] = Field(description="keys and buttons that are held down")


class Released(Answer):
    """The keys and buttons that `release_all` released."""

    released: list[str]
