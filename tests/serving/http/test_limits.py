from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from tests.waiting import PATIENCE_S
from timmy_actors.serving.http import limits
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.limits import LEAST_READ_BYTES, Bounded, Connections


class Transport(asyncio.Transport):
    """A transport whose peer reads `steps` times as much as it must, and then no more."""

    def __init__(self, steps: int) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.steps = steps
        self.looks = 0
        self.aborted = asyncio.Event()

    def get_write_buffer_size(self) -> int:
        # It is looked at once when the buffer is full, and twice (what was read, and what is left) at each time after.
        self.looks += 1
        return 1_000_000 - LEAST_READ_BYTES * min(self.looks // 2, self.steps)

    def abort(self) -> None:
        self.aborted.set()


@pytest.mark.parametrize("steps", [0, 3])
def test_a_client_that_reads_slowly_but_steadily_is_kept_until_it_stops(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, steps: int
) -> None:
    monkeypatch.setattr(limits, "READ_WITHIN_S", 0.001)

    async def read() -> int:
        connection: Any = Bounded()
        connection.transport = transport = Transport(steps)
        connection.config = SimpleNamespace(connections=Connections(CauseLog(logging.getLogger("test"))))
        connection._await_reading()
        await asyncio.wait_for(transport.aborted.wait(), PATIENCE_S)
        return transport.looks

    assert asyncio.run(read()) == 2 * (steps + 1)
    assert caplog.messages == ["http: a client does not read: ending its connection: 127.0.0.1"]
