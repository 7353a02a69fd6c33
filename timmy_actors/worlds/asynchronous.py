"""Wraps any body for asyncio: its calls become coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Literal, overload

from timmy_actors.protocol import Action, ActionResult, AvailableActions, PerceptionOutput
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step, WorldInterface
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress
from timmy_actors.worlds.plans import Plan
from timmy_actors.worlds.waiting import Waited


class AsyncWorld:
    """The calls of a `WorldInterface` as coroutines, each run in a thread of asyncio's pool.

    Cancelling a coroutine only ends its wait: its action may still be executed. Give the action a `command_id` to be
    able to query its outcome.
    """

    def __init__(self, world: WorldInterface) -> None:
        self._world = world

    async def observe(
        self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S
    ) -> PerceptionOutput:
        """The latest snapshot; with `after`, the first one that shows that action's effects."""
        return await asyncio.to_thread(self._world.observe, after=after, deadline_s=deadline_s)

    @overload
    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]
    ) -> Step: ...

    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute an action and wait for its result; with `observe`, return a snapshot after it too."""
        if observe:
            return await asyncio.to_thread(self._world.act, action, command_id=command_id, observe=True)
        return await asyncio.to_thread(self._world.act, action, command_id=command_id)

    async def available_actions(self) -> AvailableActions:
        """The actions that would be accepted now, and for each of the others the reason."""
        return await asyncio.to_thread(self._world.available_actions)

    async def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until the condition holds, for at most `deadline_s` seconds in all."""
        return await asyncio.to_thread(self._world.wait_until, condition, deadline_s)

    async def perform(
        self, plan: Plan, *, deadline_s: float, on_progress: Callable[[Progress], None] | None = None
    ) -> Performed:
        """Run a verb to its end. Cancelling it ends the verb before its next request."""
        cancel = Event()
        try:
            return await asyncio.to_thread(
                self._world.perform, plan, deadline_s=deadline_s, cancel=cancel, on_progress=on_progress
            )
        finally:
            cancel.set()

    async def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something to all players, or `to` one; repeated under one `command_id`, it is said once."""
        return await asyncio.to_thread(self._world.speak, text, to=to, manner=manner, command_id=command_id)
