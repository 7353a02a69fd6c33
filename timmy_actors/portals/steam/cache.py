"""What a portal knows of its game from Steam and from the game's log: the `game_context` of a `GameState`."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import ToolError
from timmy_actors.portals.steam.answers import PARTS, Context, Kept, SteamPart, in_words, keep, read_part
from timmy_actors.portals.tools.answer_parsing import as_problem
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.protocol import GameContext, PortalEntry, Problem

LAST_LINES = 20
TAIL_BYTES = 16 * 1024
LONGEST_LINE = 500


def last_lines(path: Path) -> tuple[str, ...]:
    """Up to `LAST_LINES` whole lines, the newest last.

    Raises:
        OSError: it cannot be read, or is no file.
    """
    # Not waiting: a FIFO in a log's place would hold up every capture.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(0, "is no regular file")
        file.seek(max(0, facts.st_size - TAIL_BYTES))
        raw = file.read(TAIL_BYTES)
    lines = raw.decode(errors="replace").splitlines()
    whole = lines[1:] if facts.st_size > TAIL_BYTES else lines
    return tuple(line[:LONGEST_LINE] for line in whole[-LAST_LINES:])


NO_USER = "whose games they are is not configured: set user_id under [steam] (a SteamID64 or a profile's name)"
NO_KEY = (
    "Steam tells this only to who has a key: set STEAM_API_KEY in the daemon's environment, or [steam] api_key_file"
)
SLOWEST_S = 30.0
"""What a call to Steam may take with its server's start."""


@dataclass(frozen=True)
class SteamAccess:
    """Who asks Steam."""

    user_id: str | None = None
    has_key: bool = False


class Bookshelf:
    """Answers of Steam's, kept for as long as they hold; renewed while an older one is shown."""

    def __init__(self, steam: ToolServer, access: SteamAccess) -> None:
        self._steam = steam
        self._access = access
        self._kept: dict[tuple[str, int], Kept] = {}
        self._asking: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._asked_at: dict[tuple[str, int], float] = {}
        self._awaited: set[tuple[str, int]] = set()
        """What a capture has waited for already, though it did not come."""

    async def look(self, entry: PortalEntry, deadline: float) -> tuple[GameContext, tuple[Problem, ...]]:
        """What is known now. What never came is waited for, until `deadline`; what is old is asked for meanwhile."""
        problems: list[Problem] = []
        if entry.app_id:
            await self._renew(entry.app_id, deadline)
            problems += self._problems(entry.app_id)
        log, trouble = _read_log(entry)
        if trouble is not None:
            problems.append(as_problem("game_context.log", trouble))
        return self._context(entry.app_id, log), tuple(problems)

    async def close(self) -> None:
        """Ask nobody any more."""
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _renew(self, app_id: int, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        for tool, part in PARTS.items():
            kept, running = self._kept.get((tool, app_id)), self._asking.get((tool, app_id))
            if (running is None or running.done()) and (kept is None or kept.is_due(part, loop.time())):
                self._asking[tool, app_id] = loop.create_task(self._ask(tool, part, app_id))
                self._asked_at[tool, app_id] = loop.time()
        missing = {key: task for key, task in self._asking.items() if key not in self._kept and not task.done()}
        awaited = [task for key, task in missing.items() if key not in self._awaited]
        if awaited:
            self._awaited |= missing.keys()  # one capture pays for a Steam that hangs, not each
            await asyncio.wait(awaited, timeout=max(0.0, deadline - loop.time()))

    async def _ask(self, tool: str, part: SteamPart, app_id: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome: Context | ToolError = await self._answer(tool, part, app_id)
        except ToolError as trouble:
            outcome = trouble
        self._kept[tool, app_id] = keep(self._kept.get((tool, app_id)), outcome, loop.time())

    async def _answer(self, tool: str, part: SteamPart, app_id: int) -> Context:
        if part.needs_user and self._access.user_id is None:
            raise ToolError("no_user", f"{tool}: {NO_USER}")
        if part.needs_user and not self._access.has_key:
            raise ToolError("no_key", f"{tool}: {NO_KEY}")
        values: dict[str, Any] = {"user_id": self._access.user_id, "app_id": app_id}
        deadline = asyncio.get_running_loop().time() + SLOWEST_S
        try:
            answer = await self._steam.look(tool, values, deadline)
        except ToolError as trouble:
            raise in_words(tool, trouble.message) if trouble.code == "tool_failed" else trouble from trouble
        return read_part(tool, answer.value, app_id)

    def _context(self, app_id: int, log: tuple[str, ...] | None) -> GameContext:
        known: Context = {}
        ages: dict[str, float] = {}
        now = asyncio.get_running_loop().time()
        for tool in PARTS:
            kept = self._kept.get((tool, app_id))
            if kept is not None and kept.got_at is not None:
                known |= kept.context
                ages[tool] = round(now - kept.got_at, 1)
        return GameContext(app_id=app_id, ages_s=ages, log=log, **known)

    def _problems(self, app_id: int) -> Iterator[Problem]:
        for tool, part in PARTS.items():
            kept = self._kept.get((tool, app_id))
            what = f"game_context.{part.fields[0]}"
            if kept is None:
                waited_s = asyncio.get_running_loop().time() - self._asked_at[tool, app_id]
                words = f"{tool}: not answered for {waited_s:.0f} s; no capture waits for it any more"
                yield as_problem(what, ToolError("server_unavailable", words))
            elif kept.trouble is not None:
                yield as_problem(what, self._with_age(kept, kept.trouble))
            elif part.fields[0] not in kept.context:
                yield Problem(
                    what=what, code="no_data", message=f"{tool}: the game was not played in the last two weeks"
                )

    @staticmethod
    def _with_age(kept: Kept, trouble: ToolError) -> ToolError:
        if kept.got_at is None:
            return trouble
        age_s = asyncio.get_running_loop().time() - kept.got_at
        return ToolError(trouble.code, f"{trouble.message} (shown is the answer of {age_s:.0f} s ago)")


def _read_log(entry: PortalEntry) -> tuple[tuple[str, ...] | None, ToolError | None]:
    if entry.log_file is None:
        return None, None
    try:
        return last_lines(Path(entry.log_file).expanduser()), None
    except (OSError, RuntimeError) as error:
        return None, ToolError("unreadable", f"{entry.log_file}: {getattr(error, 'strerror', None) or error}")
