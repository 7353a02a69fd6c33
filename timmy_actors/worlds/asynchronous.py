"""Any body, for who must not wait in its own thread: an agent of coroutines."""

from __future__ import annotations

import asyncio
from typing import Literal, overload

from timmy_actors.protocol import Action, ActionResult, PerceptionOutput
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Manner, Step, WorldInterface


class AsyncWorld:
    """The calls of a `WorldInterface` as coroutines, each carried out in a thread of asyncio's own.

    A coroutine that is cancelled stops waiting; what it began goes on, and may be done: give the action a
    `command_id` to be able to ask again.
    """

    def __init__(self, world: WorldInterface) -> None:
        self._world = world

    async def observe(
        self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S
    ) -> PerceptionOutput:
        """The last that was perceived; with `after`, once what that action did is perceived."""
        return await asyncio.to_thread(self._world.observe, after=after, deadline_s=deadline_s)

    @overload
    async def act(
        self, action: Action, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    async def act(self, action: Action, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    async def act(self, action: Action, *, command_id: str | None = None, observe: bool = False) -> ActionResult | Step:
        """Do something, and wait until it is done or not; with `observe`, give the world after it too."""
        if observe:
            return await asyncio.to_thread(self._world.act, action, command_id=command_id, observe=True)
        return await asyncio.to_thread(self._world.act, action, command_id=command_id)

    async def speak(self, text: str, *, to: str | None = None, manner: Manner = "say") -> ActionResult:
        """Say something: to everybody, or `to` a player."""
        return await asyncio.to_thread(self._world.speak, text, to=to, manner=manner)
