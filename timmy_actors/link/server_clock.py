"""What time it is on the server's monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServerClock:
    """The server's clock as this process knows it: never ahead of the truth, so that no deadline is late."""

    offset_ms: float

    @classmethod
    def heard(cls, server_now_ms: int, received_at_s: float) -> ServerClock:
        """From a message's `now` and the monotonic time of its arrival; the way here only makes it a little early."""
        return cls(server_now_ms - received_at_s * 1000)

    def deadline(self, at_s: float) -> int:
        """A monotonic time of ours, on the server's clock, in whole milliseconds."""
        return max(0, int(self.offset_ms + at_s * 1000))
