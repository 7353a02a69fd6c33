"""A capture that its caller no longer wants."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from datetime import UTC, datetime
from typing import Any, cast

from timmy_actors.portals.desktop.capture import GameCapture
from timmy_actors.protocol import LookOptions


def test_a_capture_cancelled_before_its_parts_start_leaves_no_coroutine_without_an_await() -> None:
    async def cancel() -> None:
        nowhere = cast("Any", None)  # no part gets so far as to use it
        capture = GameCapture(nowhere, nowhere).look(nowhere, datetime.now(UTC), 0.0, LookOptions())
        task = asyncio.ensure_future(capture)
        await asyncio.sleep(0)  # the capture has created its parts
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    gc.collect()  # a coroutine that was never awaited warns here, which fails the test
