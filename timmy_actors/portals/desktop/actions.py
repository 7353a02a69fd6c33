"""Executes actions through MCP tool calls, aimed at the game's window."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from timmy_actors.errors import RefusedError, ToolError
from timmy_actors.portals.catalog.bindings import bindings_of, resolve
from timmy_actors.portals.tools.answer_parsing import as_outcome, read_position, read_size, read_titles, reports_failure
from timmy_actors.portals.tools.spec_tools import FROM
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.portals.tools.tool_tables import ToolRow
from timmy_actors.protocol import PORTAL_TIMEOUT_S, Action, ActionResult, Outcome, PortalEntry, parse_params

SELECTOR = re.compile(r"(id|class|pid):")
"""The window selectors of the bundled desktop-control besides titles."""
REMEDY = (
    "start the game; if it runs in gamescope, set gamescope's X display under [desktop], as in"
    ' environment = { DISPLAY = ":1" }'
)


LATCHED = (
    "the pointer is in a corner of the screen, where this server refuses every action (PyAutoGUI's fail-safe): move it"
    " away by hand"
)
RELEASES = {"key_down": "key_up", "mouse_down": "mouse_up"}
RELEASE_ALL = "release_all"
TYPED_IN_S = 0.03
"""Time for one character: the bundled server types 50 a second, and checks the focus before each."""
UNDONE_WITHIN_S = 5.0
Steps = Sequence[tuple[str, dict[str, Any]]]
log = logging.getLogger(__name__)


async def aim_at(
    desktop: ToolServer, tool: str, entry: PortalEntry, deadline: float, argument: str = "window_title"
) -> str | list[str] | None:
    """The value of a tool's window argument for a portal; None: the tool cannot target a window.

    A server that accepts several titles selects the window itself. Other servers get the first title of a window that
    they list.

    Raises:
        ToolError: `no_window`, or the server is not available.
    """
    properties = (await desktop.schema(tool, deadline)).get("properties", {})
    schema = properties.get(_name_in(desktop.table.row(tool), argument))
    titles = [title for title in entry.titles if desktop.table.selectors or not SELECTOR.match(title)]
    if schema is None or not titles:
        return None
    if _takes_list(schema):
        return titles
    return titles[0] if len(titles) == 1 else await _first_listed(desktop, titles, deadline)


def _name_in(row: ToolRow | None, argument: str) -> str:
    """The server's name of an argument, according to its tool table."""
    named = (row.arguments or {}) if row is not None else {}
    return next((name for name, template in named.items() if template == f"${argument}"), argument)


async def _first_listed(desktop: ToolServer, titles: Sequence[str], deadline: float) -> str:
    try:
        listed = read_titles((await desktop.look("list_windows", {}, deadline)).value)
    except ToolError as error:
        if error.code != "no_such_tool":
            raise
        return titles[0]
    known = {title.strip().casefold(): title for title in listed}
    for title in titles:
        if title.strip().casefold() in known:
            return known[title.strip().casefold()]
    raise ToolError("no_window", f"no window has the title {' or '.join(map(repr, titles))}: {REMEDY}")


def _takes_list(schema: Mapping[str, Any]) -> bool:
    choices = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any(choice.get("type") == "array" for choice in choices if isinstance(choice, Mapping))


@dataclass(frozen=True)
class _Ended:
    """The outcome of an action, its reason, and the server's own error code."""

    outcome: Outcome
    reason: str | None = None
    tool_code: str | None = None

    def after(self, number: int, steps: int) -> _Ended:
        """The outcome of an action whose step `number` ended so; the steps before it succeeded."""
        if not number:
            return self
        outcome: Outcome = "failed" if self.outcome == "refused" else self.outcome
        return replace(self, outcome=outcome, reason=f"{self.reason} (after {number} of {steps} steps)")


DONE = _Ended("done")


class Actions:
    """Executes actions on one desktop server."""

    def __init__(self, desktop: ToolServer) -> None:
        self._desktop = desktop
        self._turn = asyncio.Lock()
        self._release_alls = 0
        """How often `release_all` was requested; actions requested before are not executed any more."""
        self._releasing: asyncio.Task[None] | None = None
        """A strong reference, because asyncio holds tasks weakly."""

    async def execute(self, action: Action, entry: PortalEntry, timeout_s: float | None) -> ActionResult:
        """Execute an action within `timeout_s` (None: `PORTAL_TIMEOUT_S` plus the action's own duration).

        An action that takes longer by its own arguments is refused at once, one that still waits for its turn at the
        deadline is refused, and one that is running then is ended, as is a cancelled one. `release_all` does not wait
        for its turn, and the actions that wait are refused.
        """
        try:
            steps = [(step.action, _params(step)) for step in resolve(action, bindings_of(entry, action.action))]
            deadline = asyncio.get_running_loop().time() + _allowed_s(steps, timeout_s)
        except RefusedError as refused:
            result = _result(action, _Ended("refused", refused.message))
            return result.model_copy(update={"code": refused.code, "field": refused.field})
        if [name for name, _ in steps] == [RELEASE_ALL]:
            self._release_alls += 1
            ended = await self._run(steps, entry, deadline)
        else:
            name = " ".join(action.action.lower().split())
            undo = [(step.action, _params(step)) for step in entry.after_failure.get(name, ())]
            ended = await self._in_turn(steps, undo, entry, deadline)
        executed = Action(action=steps[0][0], params=steps[0][1]) if len(steps) == 1 else action
        return _result(executed, ended, binding=action.action if executed.action != action.action else None)

    async def _in_turn(self, steps: Steps, undo: Steps, entry: PortalEntry, deadline: float) -> _Ended:
        release_alls = self._release_alls
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            return _Ended("refused", "an earlier action ran until this one's deadline: it was not done")
        try:
            if self._release_alls != release_alls:
                return _Ended("refused", "release_all was called while this action waited: it was not done")
            ended = await self._run(steps, entry, deadline)
            if ended.outcome != "done" and undo:
                await self._undo(undo, entry)
            return ended
        finally:
            self._turn.release()

    async def _run(self, steps: Steps, entry: PortalEntry, deadline: float) -> _Ended:
        release_alls, ended = self._release_alls, DONE
        for number, (name, params) in enumerate(steps):
            if self._release_alls != release_alls:
                return _Ended("failed", f"interrupted by release_all (after {number} of {len(steps)} steps)")
            try:
                ended = _late_start(name, params, deadline) or await self._step(name, params, entry, deadline)
            except asyncio.CancelledError:
                self._releasing = asyncio.create_task(self._release(steps[: number + 1], entry))
                raise
            if ended.outcome != "done":
                await self._release(steps[: number + 1], entry)
                return ended.after(number, len(steps))
        return ended

    async def _step(self, name: str, params: dict[str, Any], entry: PortalEntry, deadline: float) -> _Ended:
        try:
            values = await self._with_target(name, params, entry, deadline)
            await self._check_point(name, params, values, deadline)
        except ToolError as error:  # in a query before the action, which was not sent
            return _Ended("refused", error.message, error.tool_code)
        return await self._send(name, values, deadline, lasts_s(params))

    async def _send(self, name: str, values: dict[str, Any], deadline: float, seconds: float) -> _Ended:
        try:
            answer = await self._desktop.act(name, values, deadline, seconds)
        except ToolError as error:
            outcome = as_outcome(error)
            reason = f"done, but the answer cannot be read: {error.message}" if outcome == "done" else error.message
            return _Ended(outcome, reason, error.tool_code)
        return _Ended("failed", await self._failure_reason(name)) if reports_failure(answer.value) else DONE

    async def _with_target(
        self, name: str, params: dict[str, Any], entry: PortalEntry, deadline: float
    ) -> dict[str, Any]:
        if name == "focus_window":
            return params if params.get("title") else {"title": await self._title(entry, deadline)}
        values = {**params, "window_title": await aim_at(self._desktop, name, entry, deadline)}
        row = self._desktop.table.row(name)
        if row is not None and row.names & set(FROM):
            x, y = await self._mouse_position(values, deadline)
            return {**values, "from_x": x, "from_y": y}
        return values if "x" in params else {**values, **await self._required_point(name, values, deadline)}

    async def _title(self, entry: PortalEntry, deadline: float) -> str | list[str] | None:
        return await aim_at(self._desktop, "focus_window", entry, deadline, argument="title")

    async def _required_point(self, name: str, values: dict[str, Any], deadline: float) -> dict[str, int]:
        """The mouse's position, for a server whose clicks require a point."""
        if "x" not in (await self._desktop.schema(name, deadline)).get("required", ()):
            return {}
        x, y = await self._mouse_position(values, deadline)
        return {"x": x, "y": y}

    async def _mouse_position(self, values: dict[str, Any], deadline: float) -> tuple[int, int]:
        target = {"window_title": values["window_title"]}
        return read_position((await self._desktop.look("get_mouse_position", target, deadline)).value)

    async def _check_point(self, name: str, params: dict[str, Any], values: dict[str, Any], deadline: float) -> None:
        """Check that a point is on the screen, for a server that targets no window and does not check it itself."""
        if "x" not in params or values.get("window_title") is not None:
            return
        try:
            width, height = read_size((await self._desktop.look("get_screen_size", {}, deadline)).value)
        except ToolError as error:
            if error.code == "no_such_tool":
                return  # the screen size is unknown: the server has to check the point
            raise
        x, y = params["x"], params["y"]
        if not (x < width and y < height):
            raise ToolError("bad_arguments", f"{name}: ({x}, {y}) is not on the screen of {width} x {height} pixels")
        if self._desktop.table.corners_latch and _is_corner((x, y), (width, height)):
            raise ToolError("bad_arguments", f"{name}: ({x}, {y}) is a corner: afterwards {LATCHED}")

    async def _failure_reason(self, name: str) -> str:
        unknown = f"{name}: the server reports a failure without a reason"
        if not self._desktop.table.corners_latch:
            return unknown
        deadline = asyncio.get_running_loop().time() + 2.0
        try:
            size = read_size((await self._desktop.look("get_screen_size", {}, deadline)).value)
            position = read_position((await self._desktop.look("get_mouse_position", {}, deadline)).value)
        except ToolError:
            return unknown
        return f"{name}: {LATCHED}" if _is_corner(position, size) else unknown

    async def _undo(self, steps: Steps, entry: PortalEntry) -> None:
        """Execute the portal's `after_failure` steps; a step that fails does not stop the others."""
        deadline = asyncio.get_running_loop().time() + UNDONE_WITHIN_S
        for name, params in steps:
            ended = await self._step(name, params, entry, deadline)
            if ended.outcome != "done":
                log.warning("%s after a failure: %s", name, ended.reason)

    async def _release(self, steps: Steps, entry: PortalEntry) -> None:
        """Release the keys and buttons that the started steps may have left down."""
        deadline = asyncio.get_running_loop().time() + 2.0
        for name, params in _left_down(steps):
            if (await self._step(name, params, entry, deadline)).outcome != "done":
                return  # the server has ended or refuses: the next server releases them at its start


def lasts_s(params: Mapping[str, Any]) -> float:
    """The duration of an action in seconds according to its arguments."""
    return float(params.get("seconds") or params.get("duration") or len(params.get("text", "")) * TYPED_IN_S)


def _allowed_s(steps: Steps, timeout_s: float | None) -> float:
    lasts = sum(lasts_s(params) for _, params in steps)
    if timeout_s is None:
        return PORTAL_TIMEOUT_S + lasts
    if lasts >= timeout_s:
        message = (
            f"timeout_s: {timeout_s:g} s is too short: the action itself takes about {lasts:g} s; it was not started"
        )
        raise RefusedError("bad_arguments", message, "timeout_s")
    return timeout_s


def _late_start(name: str, params: Mapping[str, Any], deadline: float) -> _Ended | None:
    """The refusal of a step that takes longer than the remaining time; None: the time is sufficient."""
    left = deadline - asyncio.get_running_loop().time()
    if left > lasts_s(params):
        return None
    message = (
        f"{name}: takes about {lasts_s(params):g} s, but only {max(left, 0.0):.1f} s were left: it was not started"
    )
    return _Ended("refused", message)


def _params(step: Action) -> dict[str, Any]:
    return parse_params(step.action, step.params).model_dump(exclude_none=True)


def _left_down(steps: Steps) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps that release the presses without a matching release, the last pressed first."""
    for number, (name, params) in reversed(list(enumerate(steps))):
        release = (RELEASES.get(name, ""), {key: value for key, value in params.items() if key != "expires_s"})
        if name in RELEASES and release not in steps[number:]:
            yield release


def _is_corner(point: tuple[int, int], size: tuple[int, int]) -> bool:
    return point[0] in (0, size[0] - 1) and point[1] in (0, size[1] - 1)


def _result(action: Action, ended: _Ended, *, binding: str | None = None) -> ActionResult:
    return ActionResult(
        success=ended.outcome == "done",
        action=action.action,
        params=action.params,
        timestamp=datetime.now(UTC),
        outcome=ended.outcome,
        reason=ended.reason,
        tool_code=ended.tool_code,
        binding=binding,
    )
