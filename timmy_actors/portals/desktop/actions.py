"""What a portal does: one action at a time, each sent once."""

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
from timmy_actors.portals.tools.answer_parsing import as_outcome, read_position, read_size, read_titles, said_no
from timmy_actors.portals.tools.spec_tools import FROM
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.portals.tools.tool_tables import ToolRow
from timmy_actors.protocol import PORTAL_TIMEOUT_S, Action, ActionResult, Outcome, PortalEntry, parse_params

SELECTOR = re.compile(r"(id|class|pid):")
"""What the bundled desktop-control takes besides titles."""
REMEDY = (
    "is the game running? One in gamescope has an X display of its own: name it under [desktop], as in"
    ' environment = { DISPLAY = ":1" }'
)


async def aim_at(
    desktop: ToolServer, tool: str, entry: PortalEntry, deadline: float, argument: str = "window_title"
) -> str | list[str] | None:
    """What the server's tool takes as `argument` for a portal; None: it cannot be aimed.

    A server that takes several titles chooses by itself. One that takes one gets the first for which it lists a window.

    Raises:
        ToolError: `no_window`, or the server is not up.
    """
    properties = (await desktop.schema(tool, deadline)).get("properties", {})
    schema = properties.get(_name_in(desktop.table.row(tool), argument))
    titles = [title for title in entry.titles if desktop.table.selectors or not SELECTOR.match(title)]
    if schema is None or not titles:
        return None
    if _takes_list(schema):
        return titles
    return titles[0] if len(titles) == 1 else await _first_there(desktop, titles, deadline)


def _name_in(row: ToolRow | None, argument: str) -> str:
    """What the server calls an argument, where its table's template says that."""
    named = (row.arguments or {}) if row is not None else {}
    return next((name for name, template in named.items() if template == f"${argument}"), argument)


async def _first_there(desktop: ToolServer, titles: Sequence[str], deadline: float) -> str:
    try:
        there = read_titles((await desktop.look("list_windows", {}, deadline)).value)
    except ToolError as trouble:
        if trouble.code != "no_such_tool":
            raise
        return titles[0]
    known = {title.strip().casefold(): title for title in there}
    for title in titles:
        if title.strip().casefold() in known:
            return known[title.strip().casefold()]
    raise ToolError("no_window", f"no window is called {' or '.join(map(repr, titles))}: {REMEDY}")


def _takes_list(schema: Mapping[str, Any]) -> bool:
    choices = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any(choice.get("type") == "array" for choice in choices if isinstance(choice, Mapping))


LATCHED = (
    "the pointer is in a corner of the screen, where this server refuses to do anything (PyAutoGUI's fail-safe) until"
    " somebody moves it away: it cannot do that itself"
)
RELEASES = {"key_down": "key_up", "mouse_down": "mouse_up"}
RELEASE_ALL = "release_all"
TYPED_IN_S = 0.03
"""What a character takes: the bundled server types 50 a second, and asks for the focus before each."""
UNDONE_WITHIN_S = 5.0
Steps = Sequence[tuple[str, dict[str, Any]]]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ended:
    """What became of an action, why, and the server's own code for it."""

    outcome: Outcome
    reason: str | None = None
    tool_code: str | None = None

    def after(self, number: int, steps: int) -> _Ended:
        """The same for a whole action, of whose steps so many were done before."""
        if not number:
            return self
        outcome: Outcome = "failed" if self.outcome == "refused" else self.outcome
        return replace(self, outcome=outcome, reason=f"{self.reason} (after {number} of {steps} steps)")


DONE = _Ended("done")


class Actions:
    """Acts on one desktop."""

    def __init__(self, desktop: ToolServer) -> None:
        self._desktop = desktop
        self._turn = asyncio.Lock()
        self._pauses = 0
        """How often everything was let go: what was asked for before that is not done any more."""
        self._letting_go: asyncio.Task[None] | None = None
        """Held, for asyncio holds its tasks weakly."""

    async def do(self, action: Action, entry: PortalEntry, timeout_s: float | None) -> ActionResult:
        """Carry it out within `timeout_s` (None: `PORTAL_TIMEOUT_S` and what it lasts by its own arguments).

        What takes longer is refused before it begins, what waits for its turn until then is dropped undone, and what
        is under way then is ended. So is what is cancelled. `release_all` waits for no turn, and drops what waits for
        one.
        """
        try:
            steps = [(step.action, _params(step)) for step in resolve(action, bindings_of(entry, action.action))]
            deadline = asyncio.get_running_loop().time() + _allowed_s(steps, timeout_s)
        except RefusedError as refused:
            return _result(action, _Ended("refused", refused.message))
        if [name for name, _ in steps] == [RELEASE_ALL]:
            self._pauses += 1
            ended = await self._run(steps, entry, deadline)
        else:
            name = " ".join(action.action.lower().split())
            undo = [(step.action, _params(step)) for step in entry.after_failure.get(name, ())]
            ended = await self._in_turn(steps, undo, entry, deadline)
        told = Action(action=steps[0][0], params=steps[0][1]) if len(steps) == 1 else action
        return _result(told, ended, binding=action.action if told.action != action.action else None)

    async def _in_turn(self, steps: Steps, undo: Steps, entry: PortalEntry, deadline: float) -> _Ended:
        asked_at = self._pauses
        try:
            async with asyncio.timeout_at(deadline):
                await self._turn.acquire()
        except TimeoutError:
            return _Ended("refused", "an earlier action took until this one's deadline: it was not done")
        try:
            if self._pauses != asked_at:
                return _Ended("refused", "everything was let go before this action's turn came: it was not done")
            ended = await self._run(steps, entry, deadline)
            if ended.outcome != "done" and undo:
                await self._undo(undo, entry)
            return ended
        finally:
            self._turn.release()

    async def _run(self, steps: Steps, entry: PortalEntry, deadline: float) -> _Ended:
        begun_at, ended = self._pauses, DONE
        for number, (name, params) in enumerate(steps):
            if self._pauses != begun_at:
                return _Ended("failed", f"everything was let go meanwhile (after {number} of {len(steps)} steps)")
            try:
                ended = _late_start(name, params, deadline) or await self._step(name, params, entry, deadline)
            except asyncio.CancelledError:
                self._letting_go = asyncio.create_task(self._let_go(steps[: number + 1], entry))
                raise
            if ended.outcome != "done":
                await self._let_go(steps[: number + 1], entry)
                return ended.after(number, len(steps))
        return ended

    async def _step(self, name: str, params: dict[str, Any], entry: PortalEntry, deadline: float) -> _Ended:
        try:
            values = await self._aimed(name, params, entry, deadline)
            await self._check_point(name, params, values, deadline)
        except ToolError as trouble:  # in a question that comes before: the action was not sent
            return _Ended("refused", trouble.message, trouble.tool_code)
        return await self._send(name, values, deadline, lasts_s(params))

    async def _send(self, name: str, values: dict[str, Any], deadline: float, seconds: float) -> _Ended:
        try:
            answer = await self._desktop.act(name, values, deadline, seconds)
        except ToolError as trouble:
            outcome = as_outcome(trouble)
            reason = f"done, and the answer cannot be read: {trouble.message}" if outcome == "done" else trouble.message
            return _Ended(outcome, reason, trouble.tool_code)
        return _Ended("failed", await self._why_not(name)) if said_no(answer.value) else DONE

    async def _aimed(self, name: str, params: dict[str, Any], entry: PortalEntry, deadline: float) -> dict[str, Any]:
        if name == "focus_window":
            return params if params.get("title") else {"title": await self._title(entry, deadline)}
        values = {**params, "window_title": await aim_at(self._desktop, name, entry, deadline)}
        row = self._desktop.table.row(name)
        if row is not None and row.names & set(FROM):
            x, y = await self._where(values, deadline)
            return {**values, "from_x": x, "from_y": y}
        return values if "x" in params else {**values, **await self._where_needed(name, values, deadline)}

    async def _title(self, entry: PortalEntry, deadline: float) -> str | list[str] | None:
        return await aim_at(self._desktop, "focus_window", entry, deadline, argument="title")

    async def _where_needed(self, name: str, values: dict[str, Any], deadline: float) -> dict[str, int]:
        """The mouse's position, for a server whose clicks need a point."""
        if "x" not in (await self._desktop.schema(name, deadline)).get("required", ()):
            return {}
        x, y = await self._where(values, deadline)
        return {"x": x, "y": y}

    async def _where(self, values: dict[str, Any], deadline: float) -> tuple[int, int]:
        aimed = {"window_title": values["window_title"]}
        return read_position((await self._desktop.look("get_mouse_position", aimed, deadline)).value)

    async def _check_point(self, name: str, params: dict[str, Any], values: dict[str, Any], deadline: float) -> None:
        """See that a point is on the screen, where the server is not aimed at a window and so checks nothing itself."""
        if "x" not in params or values.get("window_title") is not None:
            return
        try:
            width, height = read_size((await self._desktop.look("get_screen_size", {}, deadline)).value)
        except ToolError as trouble:
            if trouble.code == "no_such_tool":
                return  # it is left to the server to know
            raise
        x, y = params["x"], params["y"]
        if not (x < width and y < height):
            raise ToolError("bad_arguments", f"{name}: ({x}, {y}) is not on the screen of {width} x {height} pixels")
        if self._desktop.table.corners_latch and _is_corner((x, y), (width, height)):
            raise ToolError("bad_arguments", f"{name}: ({x}, {y}): with {LATCHED}")

    async def _why_not(self, name: str) -> str:
        told = f"{name}: the server says that it failed, and not why"
        if not self._desktop.table.corners_latch:
            return told
        deadline = asyncio.get_running_loop().time() + 2.0
        try:
            size = read_size((await self._desktop.look("get_screen_size", {}, deadline)).value)
            where = read_position((await self._desktop.look("get_mouse_position", {}, deadline)).value)
        except ToolError:
            return told
        return f"{name}: {LATCHED}" if _is_corner(where, size) else told

    async def _undo(self, steps: Steps, entry: PortalEntry) -> None:
        """Close what steps that were begun may have left open; each step that can be done is."""
        deadline = asyncio.get_running_loop().time() + UNDONE_WITHIN_S
        for name, params in steps:
            ended = await self._step(name, params, entry, deadline)
            if ended.outcome != "done":
                log.warning("%s after a failure: %s", name, ended.reason)

    async def _let_go(self, steps: Steps, entry: PortalEntry) -> None:
        """Release what steps that were begun may have left down."""
        deadline = asyncio.get_running_loop().time() + 2.0
        for name, params in _left_down(steps):
            if (await self._step(name, params, entry, deadline)).outcome != "done":
                return  # the server is gone or refuses: its successor lets go first


def lasts_s(params: Mapping[str, Any]) -> float:
    """How long an action lasts by its own arguments."""
    return float(params.get("seconds") or params.get("duration") or len(params.get("text", "")) * TYPED_IN_S)


def _allowed_s(steps: Steps, timeout_s: float | None) -> float:
    lasts = sum(lasts_s(params) for _, params in steps)
    if timeout_s is None:
        return PORTAL_TIMEOUT_S + lasts
    if lasts >= timeout_s:
        told = f"timeout_s: {timeout_s:g} s are too few: the action itself takes about {lasts:g} s; it was not begun"
        raise RefusedError("bad_arguments", told, "timeout_s")
    return timeout_s


def _late_start(name: str, params: Mapping[str, Any], deadline: float) -> _Ended | None:
    """How a step ends for which the time that is left is too short; None: it is long enough."""
    left = deadline - asyncio.get_running_loop().time()
    if left > lasts_s(params):
        return None
    told = f"{name}: it takes about {lasts_s(params):g} s, and {max(left, 0.0):.1f} s were left: it was not begun"
    return _Ended("refused", told)


def _params(step: Action) -> dict[str, Any]:
    return parse_params(step.action, step.params).model_dump(exclude_none=True)


def _left_down(steps: Steps) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps that undo presses without a release among them, the last pressed first."""
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
