"""Any body, for who must not wait in its own thread: an agent of coroutines."""

from __future__ import annotations

import asyncio

from timmy_actors.model.action import Action, ActionResult
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.worlds.interface import Manner, WorldInterface


class AsyncWorld:
    """The calls of a `WorldInterface` as coroutines, each carried out in a thread of asyncio's own.

    A coroutine that is cancelled stops waiting; what it began goes on, and may be done: give the action a
    `command_id` to be able to ask again.
    """

    def __init__(self, world: WorldInterface) -> None:
        self._world = world

    async def observe(self) -> PerceptionOutput:
        """The last that was perceived."""
        return await asyncio.to_thread(self._world.observe)

    async def act(self, action: Action, *, command_id: str | None = None) -> ActionResult:
        """Do something, and wait until it is done or not."""
        return await asyncio.to_thread(self._world.act, action, command_id=command_id)

    async def speak(self, text: str, *, to: str | None = None, manner: Manner = "say") -> ActionResult:
        """Say something: to everybody, or `to` a player."""
        return await asyncio.to_thread(self._world.speak, text, to=to, manner=manner)
