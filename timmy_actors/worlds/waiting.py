"""Waits until a condition holds: reads the present first, and has one absolute deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from typing import Any, Protocol

from timmy_actors.errors import RefusedError, WatchTimeoutError
from timmy_actors.protocol import GameEvent, LinkStatus, Model, PerceptionOutput, Push
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.timing import Clock, clock_of

LONGEST_WAIT_S = 300.0


class Waited(Model):
    """What was seen: the event or the snapshot that met the condition, or the last snapshot at the deadline."""

    met: bool
    waited_s: float
    snapshot: PerceptionOutput | None = None
    """The newest snapshot; None: the player was not perceived."""
    event: GameEvent | None = None
    """The event that met the condition, if it was an event."""
    reason: str | None = None
    """If it was not met: why, as far as that is known."""


class Readable(AbstractContextManager[Any], Protocol):
    """An open watch that is read with a time limit for each push."""

    def read(self, timeout_s: float | None) -> Push:
        """The next push."""


class Watchable(Protocol):
    """What `wait_until` needs; `Runtime` and `connect()` both have it."""

    def watch(
        self, player: str | None = None, *, events: Collection[str] | None = None, snapshots: bool | None = None
    ) -> Readable:
        """Open a watch."""

    def snapshot(self, player: str | None = None) -> PerceptionOutput:
        """The latest snapshot of a player."""


class AsyncPushes(AbstractAsyncContextManager[Any], Protocol):
    """An open watch for coroutines."""

    async def __anext__(self) -> Push:
        """The next push."""


class AsyncWatchable(Protocol):
    """What `await_until` needs."""

    def watch(
        self, player: str | None = None, *, events: Collection[str] | None = None, snapshots: bool | None = None
    ) -> AsyncPushes:
        """Open a watch."""

    async def snapshot(self, player: str | None = None) -> PerceptionOutput:
        """The latest snapshot of a player."""


class Waiting:
    """Follows one wait: snapshots and pushes go in, the end comes out. Pure: times are monotonic seconds."""

    def __init__(self, condition: Condition, now: float) -> None:
        self._condition = condition
        self._since = now
        self._player: str | None = None
        """The player's name, known from its first snapshot: a watch without a name is of all players."""
        self._snapshot: PerceptionOutput | None = None
        self._reason: str | None = None

    @property
    def wants_snapshot(self) -> bool:
        """Whether the player's snapshot is to be read: none was seen yet."""
        return self._player is None

    def on_snapshot(self, snapshot: PerceptionOutput, now: float) -> Waited | None:
        """Record the player's snapshot. A stale one meets no condition: it shows the past."""
        self._player, self._snapshot = snapshot.player, snapshot
        self._reason = snapshot.stale_reason if snapshot.stale else None
        return self._end(now, met=True) if not snapshot.stale and self._condition.holds(snapshot) else None

    def on_refused(self, refused: RefusedError) -> None:
        """Record that there is no snapshot of the player.

        Raises:
            RefusedError: for another reason than that the player is not there yet.
        """
        if refused.code not in ("unavailable", "no_such_player"):
            raise refused
        self._reason = refused.message

    def on_push(self, push: Push, now: float) -> Waited | None:
        """Record a push of a watch; those of other players are ignored."""
        if push.link is not None:
            self._on_link(push.link)
        if push.snapshot is not None and push.snapshot.player == self._player:
            return self.on_snapshot(push.snapshot, now)
        if push.event is not None and push.event.player == self._player and self._condition.is_met_by(push.event):
            return self._end(now, met=True, event=push.event)
        return None

    def on_deadline(self, now: float) -> Waited:
        """The end of a wait in vain."""
        return self._end(now, met=False)

    def _on_link(self, link: LinkStatus) -> None:
        self._reason = None if link.carries else f"the link to the game is {link.state}: {link.reason or 'no reason'}"

    def _end(self, now: float, *, met: bool, event: GameEvent | None = None) -> Waited:
        reason = None if met else self._reason
        return Waited(met=met, waited_s=now - self._since, snapshot=self._snapshot, event=event, reason=reason)


def wait_until(game: Watchable, condition: Condition, deadline_s: float, *, player: str | None = None) -> Waited:
    """Wait until the condition holds for a player, for at most `deadline_s` seconds in all.

    The present is read first, and nothing that happens afterwards is missed. A wait in vain is no error.

    Raises:
        RefusedError: `bad_arguments`: the deadline or the player's name is invalid.
        DaemonUnreachableError: the daemon does not answer, or ended and did not come back.
    """
    clock = clock_of(game)
    waiting, until = _begin(condition, deadline_s, clock.now())
    with game.watch(player, events=condition.events, snapshots=True) as pushes, suppress(WatchTimeoutError):
        while True:
            end = _look(waiting, game, player, clock) if waiting.wants_snapshot else None
            if end is not None:
                return end
            end = waiting.on_push(pushes.read(max(0.0, until - clock.now())), clock.now())
            if end is not None:
                return end
    return waiting.on_deadline(clock.now())


async def await_until(
    game: AsyncWatchable, condition: Condition, deadline_s: float, *, player: str | None = None
) -> Waited:
    """`wait_until` for coroutines."""
    waiting, until = _begin(condition, deadline_s, time.monotonic())
    async with game.watch(player, events=condition.events, snapshots=True) as pushes:
        with suppress(TimeoutError):
            while True:
                end = await _alook(waiting, game, player) if waiting.wants_snapshot else None
                if end is not None:
                    return end
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    pushed = await anext(pushes)
                end = waiting.on_push(pushed, time.monotonic())
                if end is not None:
                    return end
    return waiting.on_deadline(time.monotonic())


def _begin(condition: Condition, deadline_s: float, now: float) -> tuple[Waiting, float]:
    if not 0 <= deadline_s <= LONGEST_WAIT_S:  # NaN too
        raise RefusedError("bad_arguments", f"deadline_s: must be 0 to {LONGEST_WAIT_S:g} seconds", "deadline_s")
    return Waiting(condition, now), now + deadline_s


def _look(waiting: Waiting, game: Watchable, player: str | None, clock: Clock) -> Waited | None:
    try:
        return waiting.on_snapshot(game.snapshot(player), clock.now())
    except RefusedError as refused:
        waiting.on_refused(refused)
        return None


async def _alook(waiting: Waiting, game: AsyncWatchable, player: str | None) -> Waited | None:
    try:
        return waiting.on_snapshot(await game.snapshot(player), time.monotonic())
    except RefusedError as refused:
        waiting.on_refused(refused)
        return None
