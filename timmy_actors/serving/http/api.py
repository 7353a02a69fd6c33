"""What the routes share: the service, the streams, and waiting for a reply that may come too late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
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
        self.no_time_left = asyncio.Event()
        """Set shortly before the end: requests still open are answered that their outcome is unknown."""
        self._json: dict[str, tuple[PerceptionOutput, bytes]] = {}

    async def ask(self, request: ServiceRequest, http: Request | None = None) -> Any:
        """The outcome of a request. If the client of `http` disconnects, what only it waits for is cancelled.

        Raises:
            RefusedError, ActorError: as `Service.ask` says.
            ProblemError: the daemon stopped before there was an answer.
        """
        caller = Caller()
        reply = self.service.ask(request, caller, wait_s=DEFAULT_TIMEOUT_S)
        if not reply.done and not await self._answered(reply, http):
            caller.leave()
            answer = unanswered(request, STOPPING)
            if answer.error is None:
                return answer.result
            raise ProblemError(problem_of_info(answer.error, answer.command_id))
        return reply.get()

    async def _answered(self, reply: Reply, http: Request | None) -> bool:
        """Wait for the reply, the client's end, or the daemon's; whether the reply came first."""
        waits: list[Awaitable[Any]] = [_settled(reply), self.no_time_left.wait()]
        if http is not None:
            waits.append(_disconnected(http))
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return tasks[0].done()
        finally:
            for task in tasks:
                task.cancel()

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


async def _settled(reply: Reply) -> None:
    with contextlib.suppress(Exception):  # `get` raises it again
        await reply


async def _disconnected(http: Request) -> None:
    while (await http.receive())["type"] != "http.disconnect":
        pass
