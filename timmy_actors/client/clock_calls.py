"""The calls to the embedded world's clock, the same for `Runtime` and `connect()`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from timmy_actors.client.codec import make
from timmy_actors.protocol import ClockRequest, WorldClock


class ClockCalls(ABC):
    """Adds `freeze`, `step`, `thaw` and `clock`.

    Each may raise `RefusedError`: `needs_embedded_world`: a live server's time cannot be stopped; `unavailable`: the
    world is not running or does not answer.
    """

    def freeze(self, *, by: str = "client") -> WorldClock:
        """Stop game time. Commands and perceptions go on; nothing moves, and no script's timer runs.

        `by` is who freezes the world, for everybody who reads its clock. A frozen world stays frozen by the first. It
        is thawed by anybody's `thaw`, and by a restart of its process.
        """
        return self._clock(make(ClockRequest, id="clock", operation="freeze", by=by))

    def step(self, ms: int) -> WorldClock:
        """Let `ms` milliseconds of game time pass in a frozen world, as fast as it can compute them.

        Raises:
            RefusedError: `bad_arguments`: `ms` is not from 1 to `MAX_STEP_MS`; `game_refused`: the world is not frozen.
        """
        return self._clock(make(ClockRequest, id="clock", operation="step", ms=ms))

    def thaw(self) -> WorldClock:
        """Let game time follow real time again."""
        return self._clock(ClockRequest(id="clock", operation="thaw"))

    def clock(self) -> WorldClock:
        """Read the clock."""
        return self._clock(ClockRequest(id="clock"))

    @abstractmethod
    def _clock(self, request: ClockRequest) -> WorldClock:
        """Send the request, and wait for its answer."""
