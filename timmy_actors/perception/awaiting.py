"""Who waits until what a command produced is perceived."""

from __future__ import annotations

import time
from dataclasses import dataclass

from timmy_actors.errors import RefusedError
from timmy_actors.perception.merge import shows
from timmy_actors.perception.messages import Await
from timmy_actors.perception.shared import Perceptions
from timmy_actors.protocol import PerceptionOutput
from timmy_actors.supervision import Reply

MAX_WAITING = 1_000
"""As many as commands can be on their way."""


@dataclass(frozen=True)
class _Waiter:
    wanted: Await
    reply: Reply


class Awaiting:
    """Those who wait, each answered with the first published snapshot that shows what it waits for."""

    def __init__(self, shared: Perceptions) -> None:
        self._shared = shared
        self._waiters: list[_Waiter] = []

    def found(self, wanted: Await) -> PerceptionOutput | None:
        """The snapshot that is wanted, if it is there."""
        snapshot = self._shared.snapshot(wanted.player)
        return snapshot if snapshot is not None and shows(snapshot, wanted.after) else None

    def add(self, wanted: Await, reply: Reply) -> None:
        """Have somebody wait.

        Raises:
            RefusedError: `overloaded`: too many do.
        """
        if len(self._waiters) >= MAX_WAITING:
            raise RefusedError("overloaded", f"{MAX_WAITING} calls wait for perceptions already")
        self._waiters.append(_Waiter(wanted, reply))

    def answer(self) -> None:
        """Answer those whose snapshot is there, and those who have waited long enough."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            snapshot = self.found(waiter.wanted)
            if snapshot is not None:
                waiter.reply.set(snapshot)
            elif time.monotonic() >= waiter.wanted.due:
                waiter.reply.fail(self._late(waiter.wanted))
            else:
                self._waiters.append(waiter)

    def dismiss(self, why: str) -> None:
        """Leave nobody waiting."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            waiter.reply.fail(RefusedError("unavailable", why))

    def next_due(self) -> float | None:
        """When the first of them has waited long enough, in monotonic seconds."""
        return min((waiter.wanted.due for waiter in self._waiters), default=None)

    def _late(self, wanted: Await) -> RefusedError:
        known = self._shared.snapshot(wanted.player)
        if known is None:
            last = "nothing of that player was"
        elif known.stale:
            last = f"the last that was does not hold ({known.stale_reason})"
        else:
            last = f"the last that was shows {known.revision}"
        told = f"what command {wanted.after.number} did to {wanted.player} was not perceived within"
        return RefusedError("expired", f"{told} {wanted.timeout_s:g} s: {last}")
