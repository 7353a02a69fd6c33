"""A portal: a game, perceived and acted in through MCP tool calls and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from timmy_actors.errors import RefusedError
from timmy_actors.portals.desktop.actions import Actions
from timmy_actors.portals.desktop.capture import GameCapture
from timmy_actors.portals.desktop.capture_store import CaptureStore
from timmy_actors.portals.steam.cache import Bookshelf, SteamAccess
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.protocol import Action, ActionResult, GameState, LookOptions, PortalEntry

CAPTURE_TIMEOUT_S = 10.0
LEAST_LOOK_S = 1.0
STEAM_WAIT_S = 3.0
"""How long the first capture waits for Steam; later ones show what is known, and its age."""


PLAIN = LookOptions()


class Portal:
    """The two operations of the GamePortal protocol, on the two servers. Made and used in one event loop."""

    def __init__(
        self,
        entry: Callable[[], PortalEntry],
        *,
        desktop: ToolServer,
        steam: ToolServer,
        album: CaptureStore,
        access: SteamAccess,
    ) -> None:
        self._entry = entry
        self._eye = GameCapture(desktop, album)
        self._hand = Actions(desktop)
        self._bookshelf = Bookshelf(steam, access)
        self._looking = asyncio.Lock()

    async def capture_state(self, timeout_s: float = CAPTURE_TIMEOUT_S, options: LookOptions = PLAIN) -> GameState:
        """The game as it is now: never an earlier picture. What could not be had is told in `problems`.

        Two who ask at once get a look each, one after the other: a look that began before one asked may show less.

        Raises:
            RefusedError: `overloaded`: the looks of others took until this one's deadline.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s + options.waits_s
        async with _within(self._looking, deadline):
            entry, now, began = self._entry(), datetime.now(UTC), loop.time()
            # One who waited for another's look still gets one of its own.
            deadline = max(deadline, began + LEAST_LOOK_S)
            seen, known = await asyncio.gather(
                self._eye.look(entry, now, deadline, options),
                self._bookshelf.look(entry, min(deadline, began + STEAM_WAIT_S)),
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
        """Do something, once; `success` is false with a reason where it was not done, or nobody knows.

        None: `PORTAL_TIMEOUT_S`, and what the action lasts by its own arguments.
        """
        return await self._hand.do(action, self._entry(), timeout_s)

    async def close(self) -> None:
        """Ask nobody any more."""
        await self._bookshelf.close()


@asynccontextmanager
async def _within(lock: asyncio.Lock, deadline: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
    except TimeoutError:
        raise RefusedError("overloaded", "other looks at the game took until this one's deadline") from None
    try:
        yield
    finally:
        lock.release()
