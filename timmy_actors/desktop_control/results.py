"""What the tools answer, as structured content."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


class WindowFacts(Answer):
    """A window: its id, title, and where its inside is on the screen, in pixels."""

    id: int
    title: str
    window_class: str = Field("", description="the second name of its WM_CLASS; `class:` takes it in window_title")
    pid: int | None = Field(None, description="its process; null: on another machine")
    x: int
    y: int
    width: int
    height: int
    visible: bool = Field(description="false: minimised, or on another desktop")
    focused: bool = Field(description="whether keys go there now")


class Windows(Answer):
    """Every window that has a title."""

    windows: list[WindowFacts]


class ScreenSize(Answer):
    """The screen's size in pixels; the window's, where one was named."""

    width: int
    height: int


class MousePosition(Answer):
    """Where the pointer is: on the screen, or from the window's upper left corner where one was named."""

    x: int
    y: int
    inside: bool = Field(description="whether that is on the screen, or inside the window")


class PixelColor(Answer):
    """A colour, each part 0 to 255."""

    red: int
    green: int
    blue: int
    hex: str


class OperatingSystem(Answer):
    """What the server runs on."""

    system: str = Field(description="Linux, Windows or Darwin")
    release: str
    machine: str
    display: str = Field(description="the X display; empty where there is none")


class Capture(Answer):
    """A picture that was taken: where it is, what it shows, and how its pixels relate to the window's."""

    path: str | None = Field(description="the file; null: the picture is in this answer's content")
    format: Literal["png", "jpeg"]
    bytes: int
    width: int = Field(description="the picture's width: image_size of a later click is [width, height]")
    height: int
    source_width: int = Field(description="the width in the window's or the screen's own pixels")
    source_height: int
    window: WindowFacts | None = Field(description="null: the whole screen")
    region: tuple[int, int, int, int] | None = Field(None, description="x, y, width, height of the part that it shows")
    settled: bool | None = Field(None, description="whether what wait_until asked for came in time; null: not asked")
    covered: bool = Field(description="other windows cover a part of it; the picture shows what is under them")
    black: bool = Field(description="every pixel is black: a loading screen, or a window that shows nothing")
    screen: ScreenSize = Field(description="as get_screen_size has it, of the whole screen")
    mouse: MousePosition = Field(description="as get_mouse_position has it, for the window that is shown")
    taken_at: datetime


class Acted(Answer):
    """An action that was done: on which window, where the pointer is on the screen now, and what is held."""

    window: WindowFacts | None = None
    x: int
    y: int
    held: list[str] = Field(description="keys and buttons that stay pressed")


class Released(Answer):
    """What `release_all` let go."""

    released: list[str]
