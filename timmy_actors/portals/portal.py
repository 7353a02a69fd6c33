"""A portal: access to a game through MCP tool calls only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from timmy_actors.errors import RefusedError
from timmy_actors.portals.desktop.actions import Actions
from timmy_actors.portals.desktop.capture import GameCapture
from timmy_actors.portals.desktop.capture_store import CaptureStore
from timmy_actors.portals.steam.cache import SteamAccess, SteamCache
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.protocol import Action, ActionResult, GameState, LookOptions, PortalEntry

CAPTURE_TIMEOUT_S = 10.0
LEAST_LOOK_S = 1.0
STEAM_WAIT_S = 3.0
"""How long the first capture waits for Steam; later ones contain the cached answers and their ages."""


PLAIN = LookOptions()


class Portal:
    """The two operations of the GamePortal protocol, on its two servers. Use it in one event loop."""

    def __init__(
        self,
        entry: Callable[[], PortalEntry],
        *,
        desktop: ToolServer,
        steam: ToolServer,
        captures: CaptureStore,
        access: SteamAccess,
    ) -> None:
        self._entry = entry
        self._capture = GameCapture(desktop, captures)
        self._actions = Actions(desktop)
        self._steam = SteamCache(steam, access)
        self._capture_lock = asyncio.Lock()

    async def capture_state(self, timeout_s: float = CAPTURE_TIMEOUT_S, options: LookOptions = PLAIN) -> GameState:
        """Capture the current state of the game. `problems` lists what is missing and why.

        Concurrent calls each make their own capture, one after the other, so that none returns a picture from before
        its call.

        Raises:
            RefusedError: `overloaded`: other captures ran until this call's deadline.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s + options.waits_s
        async with _within(self._capture_lock, deadline):
            entry, now, began = self._entry(), datetime.now(UTC), loop.time()
            # A call that waited for another one still gets the time for its own capture.
            deadline = max(deadline, began + LEAST_LOOK_S)
            seen, known = await asyncio.gather(
                self._capture.look(entry, now, deadline, options),
                self._steam.look(entry, min(deadline, began + STEAM_WAIT_S)),
            )
        return GameState(
            portal_id=entry.id,
            timestamp=now,
            visual=seen[0],
            game_context=known[0],
            problems=(*seen[1], *known[1]),
            took_ms=round((loop.time() - began) * 1000, 1),
        )

    async def execute_action(self, action: Action, timeout_s: float | None = None) -> ActionResult:
        """Execute an action once; `success` is False with a reason if it was not done, or if its outcome is unknown.

        `timeout_s` None: `PORTAL_TIMEOUT_S` plus the action's own duration according to its arguments.
        """
        return await self._actions.execute(action, self._entry(), timeout_s)

    async def close(self) -> None:
        """Cancel the running calls to Steam."""
        await self._steam.close()


@asynccontextmanager
async def _within(lock: asyncio.Lock, deadline: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
    except TimeoutError:
        raise RefusedError("overloaded", "other captures ran until this one's deadline: try again") from None
    try:
        yield
    finally:
        lock.release()
