"""mode-streaming: a supervised service. It has no mailbox of its own, so it gets an asyncio queue.

Everything runs in one event loop in one thread, where a message costs a turn of the loop and no change of threads.
"""

from __future__ import annotations

import asyncio
import importlib
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.contenders import ASKS, BURSTS, LIVES, TELLS, AbsentError

try:
    mode: Any = importlib.import_module("mode")
except ModuleNotFoundError:
    mode = None


class ModeStreaming:
    """Its OneForOneSupervisor over an echo service."""

    name = "mode-streaming"

    def __init__(self) -> None:
        """Start both.

        Raises:
            AbsentError: it is not installed.
        """
        if mode is None:
            raise AbsentError("mode-streaming is not installed (pip install --editable '.[bench]')")
        self._service_class = _echo_class()
        self._runner = asyncio.Runner()
        self._runner.run(self._begin())

    def ask(self) -> float:
        """See `Contender`."""
        return self._runner.run(_p50(lambda: self._answer(self._echo), ASKS))

    def tell(self) -> tuple[float, float]:
        """See `Contender`."""
        return self._runner.run(self._bursts())

    def live(self) -> tuple[float, float]:
        """See `Contender`."""
        starts, stops = zip(*(self._runner.run(self._live()) for _ in range(LIVES)), strict=True)
        return statistics.median(starts), statistics.median(stops)

    def crash(self) -> float:
        """See `Contender`; the same instance is started again, and its queue outlives the crash."""
        return self._runner.run(self._crash())

    def close(self) -> None:
        """See `Contender`."""
        self._runner.run(self._supervisor.stop())
        self._runner.close()

    async def _begin(self) -> None:
        self._echo = self._service_class()
        self._supervisor = mode.OneForOneSupervisor(max_restarts=10**9)
        self._supervisor.add(self._echo)
        await self._supervisor.start()
        await self._answer(self._echo)

    async def _answer(self, echo: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        echo.inbox.put_nowait((1, answer))
        return await answer

    async def _bursts(self) -> tuple[float, float]:
        sent, handled = zip(*[await self._burst() for _ in range(BURSTS)], strict=True)
        return statistics.median(sent), statistics.median(handled)

    async def _burst(self) -> tuple[float, float]:
        began = time.perf_counter()
        for _ in range(TELLS):
            self._echo.inbox.put_nowait((1, None))
        sent = time.perf_counter()
        await self._answer(self._echo)
        return TELLS / (sent - began) / 1000, TELLS / (time.perf_counter() - began) / 1000

    async def _live(self) -> tuple[float, float]:
        began = time.perf_counter()
        echo = self._service_class()
        self._supervisor.add(echo)
        await self._supervisor.start_service(echo)
        await self._answer(echo)
        started = time.perf_counter()
        await echo.stop()
        self._supervisor.discard(echo)
        return (started - began) * 1e6, (time.perf_counter() - started) * 1e6

    async def _crash(self) -> float:
        while self._supervisor._please_wakeup is None:
            await asyncio.sleep(0)  # a crash before it listens again would wait for its 5 s poll
        began = time.perf_counter()
        self._echo.inbox.put_nowait(("crash", None))
        await self._answer(self._echo)
        return (time.perf_counter() - began) * 1e6


def _echo_class() -> Any:
    class Echo(mode.Service):  # type: ignore[misc]  # it is looked up at run time, for it may be absent
        def __post_init__(self) -> None:
            self.inbox: asyncio.Queue[tuple[Any, asyncio.Future[Any] | None]] = asyncio.Queue()

        async def on_start(self) -> None:
            self.add_future(self._serve())

        async def _serve(self) -> None:
            while True:
                message, answer = await self.inbox.get()
                if message == "crash":
                    raise SystemError("on purpose")
                if answer is not None:
                    answer.set_result(message)

    return Echo


async def _p50(action: Callable[[], Awaitable[object]], times: int) -> float:
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        await action()
        samples.append((time.perf_counter() - began) * 1e6)
    return statistics.median(samples)
