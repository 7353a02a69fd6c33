"""The sessions of an OpenEnv server: a bounded number, each with its play and a thread for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from timmy_actors.errors import RefusedError
from timmy_actors.serving.openenv.play import Play
from timmy_actors.worlds import Task

T = TypeVar("T")


class Session:
    """A client's play. Its calls run one after the other in a thread: a world may take its time."""

    def __init__(self, task: Task) -> None:
        self.play = Play(task)
        self._thread = ThreadPoolExecutor(1, "openenv session")

    async def run(self, act: Callable[[], T]) -> T:
        """Run a call of the play."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    async def close(self) -> None:
        """End the play, after the call that runs."""
        try:
            await self.run(self.play.close)
        finally:
            self._thread.shutdown(wait=False)


class Sessions:
    """The open sessions. For one event loop."""

    def __init__(self, task: Task, most: int) -> None:
        self._task = task
        self._most = most
        self._open = 0
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        """A session. Its place is free again when its world has ended, also if the task is cancelled.

        Raises:
            RefusedError: `overloaded`: there is no place.
        """
        if self._open >= self._most:
            raise RefusedError("overloaded", f"all {self._most} sessions are in use: close one, or try again later")
        self._open += 1
        session = Session(self._task)
        try:
            yield session
        finally:
            closing = asyncio.ensure_future(self._close(session))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            await asyncio.shield(closing)

    async def end(self) -> None:
        """Wait until the sessions that are being closed have ended."""
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _close(self, session: Session) -> None:
        try:
            await session.close()
        finally:
            self._open -= 1
