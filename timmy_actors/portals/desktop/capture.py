"""Captures the visual part of a `GameState`: each field separately, with a problem for each one that is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from timmy_actors.errors import ToolError
from timmy_actors.portals.desktop.actions import aim_at
from timmy_actors.portals.desktop.capture_store import CaptureStore, Facts
from timmy_actors.portals.tools.answer_parsing import (
    as_problem,
    read_colour,
    read_os,
    read_position,
    read_size,
    reports_failure,
)
from timmy_actors.portals.tools.results import ToolAnswer
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.protocol import LookOptions, PixelColour, PortalEntry, Problem, Visual

T = TypeVar("T")

SCREENSHOT = "visual.screenshot_path"


class GameCapture:
    """Captures through one desktop server. One capture at a time."""

    def __init__(self, desktop: ToolServer, captures: CaptureStore) -> None:
        self._desktop = desktop
        self._captures = captures
        self._problems: list[Problem] = []
        self._known_system: tuple[Mapping[str, Any], str] | None = None
        self._is_complete = False
        """Whether the last screenshot's answer also contained the screen and the mouse, as desktop-control's does."""

    async def look(
        self, entry: PortalEntry, now: datetime, deadline: float, options: LookOptions
    ) -> tuple[Visual, tuple[Problem, ...]]:
        """Capture every field; a field that is unavailable is None, and a problem contains the reason."""
        self._problems = []
        expects_all = self._is_complete
        shot, system, pixels, around = await asyncio.gather(
            self._part(SCREENSHOT, lambda: self._screenshot(entry, now, deadline, options)),
            self._part("visual.os", lambda: self._system(deadline)),
            self._part("visual.pixels", lambda: self._pixels(entry, deadline)),
            _nothing() if expects_all else self._around(entry, deadline),
        )
        self._is_complete = shot is not None and "mouse_position" in shot
        if expects_all and not self._is_complete:
            around = await self._around(entry, deadline)
        visual = Visual(os=system, pixels=pixels)
        return visual.model_copy(update={**around, **(shot or {})}), tuple(self._problems)

    async def _around(self, entry: PortalEntry, deadline: float) -> dict[str, Any]:
        size, mouse = await asyncio.gather(
            self._part("visual.screen_size", lambda: self._size(deadline)),
            self._part("visual.mouse_position", lambda: self._mouse(entry, deadline)),
        )
        return {"screen_size": size, "mouse_position": mouse}

    async def _part(self, what: str, look: Callable[[], Awaitable[T]]) -> T | None:
        # A function, as a part that is cancelled before it starts would leave its coroutine without an await.
        try:
            return await look()
        except ToolError as error:
            self._problems.append(as_problem(what, error))
            return None

    async def _screenshot(
        self, entry: PortalEntry, now: datetime, deadline: float, options: LookOptions
    ) -> dict[str, Any]:
        title = await aim_at(self._desktop, "take_screenshot", entry, deadline)
        name = self._captures.new_name(now)
        filename = name if self._desktop.table.files == "name" else str(self._captures.folder / name)
        values = {"filename": filename, "window_title": title, **options.model_dump()}
        answer = await self._desktop.look("take_screenshot", values, deadline, options.waits_s)
        path, facts = self._store(name, answer, now)
        if title is None:
            message = "this server captures only the whole screen: coordinates are relative to the screen"
            self._problems.append(Problem(what="visual.window", code="not_aimed", message=message))
        if facts.is_black:
            message = "every pixel is black: a loading screen, or a window or screen that has painted nothing"
            self._problems.append(Problem(what=SCREENSHOT, code="black_frame", message=message))
        if isinstance(answer.value, Mapping) and answer.value.get("settled") is False:
            message = f"wait_until {options.wait_until} was not met in time: the picture shows the last state"
            self._problems.append(Problem(what=SCREENSHOT, code="not_settled", message=message))
        size = (facts.width, facts.height)
        shown = {"screenshot_path": str(path), "image_size": size, "window": _window(answer, title)}
        return {**shown, **_screen_and_mouse(answer)}

    def _store(self, name: str, answer: ToolAnswer, now: datetime) -> tuple[Path, Facts]:
        """The picture's file, written by the server or from the image in its answer."""
        path = self._captures.folder / name
        if answer.images:
            path = self._captures.write(name, answer.images[0])
        elif reports_failure(answer.value):
            failed = ToolError("tool_failed", "the server reports that the screenshot failed, without a reason")
            raise self._captures.write_error() or failed
        elif isinstance(answer.value, Mapping) and isinstance(answer.value.get("path"), str):
            path = self._captures.folder / answer.value["path"]
            if path.name != name:
                raise ToolError("bad_result", f"the server was asked to write {name}, but reports {path.name}")
        return path, self._captures.add(path, now)

    async def _size(self, deadline: float) -> tuple[int, int]:
        return read_size((await self._desktop.look("get_screen_size", {}, deadline)).value)

    async def _mouse(self, entry: PortalEntry, deadline: float) -> tuple[int, int]:
        title = await aim_at(self._desktop, "get_mouse_position", entry, deadline)
        return read_position((await self._desktop.look("get_mouse_position", {"window_title": title}, deadline)).value)

    async def _system(self, deadline: float) -> str:
        schema = await self._desktop.schema("get_os", deadline)
        if self._known_system is None or self._known_system[0] is not schema:  # the server was restarted
            self._known_system = (schema, read_os((await self._desktop.look("get_os", {}, deadline)).value))
        return self._known_system[1]

    async def _pixels(self, entry: PortalEntry, deadline: float) -> tuple[PixelColour, ...] | None:
        if not entry.pixels:
            return None
        title = await aim_at(self._desktop, "pixel_color", entry, deadline)
        pixels = []
        for x, y in entry.pixels:
            answer = await self._desktop.look("pixel_color", {"x": x, "y": y, "window_title": title}, deadline)
            pixels.append(PixelColour(at=(x, y), rgb=read_colour(answer.value)))
        return tuple(pixels)


async def _nothing() -> dict[str, Any]:
    return {}


def _screen_and_mouse(answer: ToolAnswer) -> dict[str, Any]:
    """The screen size and the mouse position if a screenshot's answer contains both, which saves two calls."""
    if not isinstance(answer.value, Mapping):
        return {}
    screen, mouse = answer.value.get("screen"), answer.value.get("mouse")
    if not isinstance(screen, Mapping) or not isinstance(mouse, Mapping):
        return {}
    try:
        return {"screen_size": read_size(screen), "mouse_position": read_position(mouse)}
    except ToolError:
        return {}  # another format: the separate tools are called


def _window(answer: ToolAnswer, title: str | list[str] | None) -> str | None:
    """The title of the captured window."""
    if isinstance(answer.value, Mapping) and isinstance(answer.value.get("window"), Mapping):
        reported = answer.value["window"].get("title")
        return str(reported) if reported is not None else None
    return title if isinstance(title, str) else None
