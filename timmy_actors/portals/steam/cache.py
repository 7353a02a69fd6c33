"""The `game_context` of a `GameState`: cached answers of the Steam tools, and the end of the game's log."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import ToolError
from timmy_actors.portals.steam.answers import (
    PARTS,
    CachedAnswer,
    Context,
    SteamPart,
    error_of_text,
    read_part,
    updated,
)
from timmy_actors.portals.tools.answer_parsing import as_problem
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.protocol import GameContext, PortalEntry, Problem

LAST_LINES = 20
TAIL_BYTES = 16 * 1024
LONGEST_LINE = 500


NO_USER = "the Steam user is not configured: set user_id under [steam] (a SteamID64 or the name of a profile)"
NO_KEY = "Steam requires a key for this: set STEAM_API_KEY in the daemon's environment, or [steam] api_key_file"
SLOWEST_S = 30.0
"""Maximum duration of a call to Steam, including the start of its server."""


def last_lines(path: Path) -> tuple[str, ...]:
    """Up to `LAST_LINES` complete lines, the newest last.

    Raises:
        OSError: the log cannot be read, or is not a regular file.
    """
    # Non-blocking: a FIFO in place of the log would block every capture.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(0, "is not a regular file")
        file.seek(max(0, facts.st_size - TAIL_BYTES))
        raw = file.read(TAIL_BYTES)
    lines = raw.decode(errors="replace").splitlines()
    whole = lines[1:] if facts.st_size > TAIL_BYTES else lines
    return tuple(line[:LONGEST_LINE] for line in whole[-LAST_LINES:])


@dataclass(frozen=True)
class SteamAccess:
    """The Steam user, and whether a key is configured."""

    user_id: str | None = None
    has_key: bool = False


class SteamCache:
    """Caches the answers of the Steam tools. An outdated answer is returned while it is refreshed."""

    def __init__(self, steam: ToolServer, access: SteamAccess) -> None:
        self._steam = steam
        self._access = access
        self._cached: dict[tuple[str, int], CachedAnswer] = {}
        self._calls: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._called_at: dict[tuple[str, int], float] = {}
        self._awaited: set[tuple[str, int]] = set()
        """Calls without an answer that a capture has already waited for."""

    async def look(self, entry: PortalEntry, deadline: float) -> tuple[GameContext, tuple[Problem, ...]]:
        """The cached context. Waits until `deadline` for first answers; refreshes outdated ones in the background."""
        problems: list[Problem] = []
        if entry.app_id:
            await self._refresh(entry.app_id, deadline)
            problems += self._problems(entry.app_id)
        log, error = _read_log(entry)
        if error is not None:
            problems.append(as_problem("game_context.log", error))
        return self._context(entry.app_id, log), tuple(problems)

    async def close(self) -> None:
        """Cancel the running calls."""
        for task in self._calls.values():
            task.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)

    async def _refresh(self, app_id: int, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        for tool, part in PARTS.items():
            cached, running = self._cached.get((tool, app_id)), self._calls.get((tool, app_id))
            if (running is None or running.done()) and (cached is None or cached.is_due(part, loop.time())):
                self._calls[tool, app_id] = loop.create_task(self._call(tool, part, app_id))
                self._called_at[tool, app_id] = loop.time()
        missing = {key: task for key, task in self._calls.items() if key not in self._cached and not task.done()}
        awaited = [task for key, task in missing.items() if key not in self._awaited]
        if awaited:
            self._awaited |= missing.keys()  # if Steam hangs, only one capture waits for it
            await asyncio.wait(awaited, timeout=max(0.0, deadline - loop.time()))

    async def _call(self, tool: str, part: SteamPart, app_id: int) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome: Context | ToolError = await self._answer(tool, part, app_id)
        except ToolError as error:
            outcome = error
        self._cached[tool, app_id] = updated(self._cached.get((tool, app_id)), outcome, loop.time())

    async def _answer(self, tool: str, part: SteamPart, app_id: int) -> Context:
        if part.needs_user and self._access.user_id is None:
            raise ToolError("no_user", f"{tool}: {NO_USER}")
        if part.needs_user and not self._access.has_key:
            raise ToolError("no_key", f"{tool}: {NO_KEY}")
        values: dict[str, Any] = {"user_id": self._access.user_id, "app_id": app_id}
        deadline = asyncio.get_running_loop().time() + SLOWEST_S
        try:
            answer = await self._steam.look(tool, values, deadline)
        except ToolError as error:
            raise error_of_text(tool, error.message) if error.code == "tool_failed" else error from error
        return read_part(tool, answer.value, app_id)

    def _context(self, app_id: int, log: tuple[str, ...] | None) -> GameContext:
        known: Context = {}
        ages: dict[str, float] = {}
        now = asyncio.get_running_loop().time()
        for tool in PARTS:
            cached = self._cached.get((tool, app_id))
            if cached is not None and cached.received_at is not None:
                known |= cached.context
                ages[tool] = round(now - cached.received_at, 1)
        return GameContext(app_id=app_id, ages_s=ages, log=log, **known)

    def _problems(self, app_id: int) -> Iterator[Problem]:
        for tool, part in PARTS.items():
            cached = self._cached.get((tool, app_id))
            what = f"game_context.{part.fields[0]}"
            if cached is None:
                waited_s = asyncio.get_running_loop().time() - self._called_at[tool, app_id]
                message = f"{tool}: no answer after {waited_s:.0f} s; captures no longer wait for it"
                yield as_problem(what, ToolError("server_unavailable", message))
            elif cached.error is not None:
                yield as_problem(what, self._with_age(cached, cached.error))
            elif part.fields[0] not in cached.context:
                yield Problem(
                    what=what, code="no_data", message=f"{tool}: the game was not played in the last two weeks"
                )

    @staticmethod
    def _with_age(cached: CachedAnswer, error: ToolError) -> ToolError:
        if cached.received_at is None:
            return error
        age_s = asyncio.get_running_loop().time() - cached.received_at
        return ToolError(error.code, f"{error.message} (the state contains the answer of {age_s:.0f} s ago)")


def _read_log(entry: PortalEntry) -> tuple[tuple[str, ...] | None, ToolError | None]:
    if entry.log_file is None:
        return None, None
    try:
        return last_lines(Path(entry.log_file).expanduser()), None
    except (OSError, RuntimeError) as error:
        return None, ToolError("unreadable", f"{entry.log_file}: {getattr(error, 'strerror', None) or error}")
