"""What the routes share: the service, the streams, and waiting for a reply that may come too late."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from timmy_actors.portals import Caller
from timmy_actors.protocol import DEFAULT_TIMEOUT_S, PerceptionOutput, ServiceRequest
from timmy_actors.serving.answers import unanswered
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.options import HttpOptions
from timmy_actors.serving.http.problems import ProblemError, problem_of_info
from timmy_actors.serving.http.streams import Streams
from timmy_actors.serving.service import Service
from timmy_actors.supervision import Reply

STOPPING = "the daemon is stopping"
REQUEST_ID = "http"
"""The id of every request: HTTP itself matches answers to requests."""
MAX_CACHED = 256


class Api:
    """One server's state. For its event loop."""

    def __init__(self, service: Service, options: HttpOptions, streams: Streams, causes: CauseLog) -> None:
        self.service = service
        self.options = options
        self.streams = streams
        self.causes = causes
        self._waiting: set[asyncio.Future[bool]] = set()
        """One for each request that waits for its reply."""
        self._json: dict[str, tuple[PerceptionOutput, bytes]] = {}

    async def ask(self, request: ServiceRequest, http: Request | None = None) -> Any:
        """The outcome of a request. If the client of `http` disconnects, what only it waits for is cancelled.

        Raises:
            RefusedError, ActorError: as `Service.ask` says.
            ProblemError: the daemon stopped before there was an answer.
        """
        caller = Caller()
        reply = self.service.ask(request, caller, wait_s=DEFAULT_TIMEOUT_S)
        try:
            answered = reply.done or await self._answered(reply, http)
        except asyncio.CancelledError:
            caller.leave()
            raise
        if not answered:
            caller.leave()
            answer = unanswered(request, STOPPING)
            if answer.error is None:
                return answer.result
            raise ProblemError(problem_of_info(answer.error, answer.command_id))
        return reply.get()

    async def _answered(self, reply: Reply, http: Request | None) -> bool:
        """Wait for the reply, its deadline, the client's end, or the daemon's; False for the last two."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[bool] = loop.create_future()
        reply.call_when_done(lambda _: _tell(loop, over))
        gone = asyncio.ensure_future(_disconnected(http, over)) if http is not None else None
        self._waiting.add(over)
        try:
            async with asyncio.timeout(_left_s(reply)):
                return await over
        except TimeoutError:
            return True
        finally:
            self._waiting.discard(over)
            if gone is not None:
                gone.cancel()

    def give_up(self) -> None:
        """Answer the requests that still wait: their outcome is unknown."""
        for over in tuple(self._waiting):
            _settle(over, answered=False)

    def snapshot_json(self, snapshot: PerceptionOutput) -> bytes:
        """A snapshot as JSON, encoded once however often it is asked for."""
        cached = self._json.get(snapshot.player)
        if cached is not None and cached[0] is snapshot:
            return cached[1]
        encoded = snapshot.model_dump_json(by_alias=True).encode()
        if len(self._json) >= MAX_CACHED:
            self._json.clear()
        self._json[snapshot.player] = snapshot, encoded
        return encoded


def as_json(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A model as the response."""
    return Response(model.model_dump_json(by_alias=True), status, headers, media_type="application/json")


def _tell(loop: asyncio.AbstractEventLoop, over: asyncio.Future[bool]) -> None:
    # Called by the thread that answers.
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(_settle, over)


def _settle(over: asyncio.Future[bool], *, answered: bool = True) -> None:
    if not over.done():
        over.set_result(answered)


def _left_s(reply: Reply) -> float | None:
    return None if reply.deadline is None else max(0.0, reply.deadline - time.monotonic())


async def _disconnected(http: Request, over: asyncio.Future[bool]) -> None:
    while (await http.receive())["type"] != "http.disconnect":
        pass
    _settle(over, answered=False)
