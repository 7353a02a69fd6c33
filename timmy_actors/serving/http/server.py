"""Runs uvicorn on an event loop in a thread of its own, and ends it in order: streams, requests, connections."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket as sockets
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

from timmy_actors.serving.http.api import Api
from timmy_actors.serving.http.app import make_app
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.limits import BoundedHttp, BoundedWebSocket, Connections, ServerConfig
from timmy_actors.serving.http.metrics import Metrics
from timmy_actors.serving.http.options import HttpOptions
from timmy_actors.serving.http.streams import Streams
from timmy_actors.serving.service import Service

log = logging.getLogger(__name__)

STREAMS_END_WITHIN_S = 0.5
REQUESTS_END_WITHIN_S = 0.7
"""After this time, requests still open are answered that their outcome is unknown."""
GRACE_S = 1
"""Then uvicorn cancels what is left."""
JOIN_WITHIN_S = 4.0
LOOK_EVERY_S = 0.01
MAX_MESSAGE_BYTES = 4_096
"""Of a WebSocket's client: its only message is the token."""


class HttpServer:
    """One server, from its listening socket to its end.

    In its thread it calls `on_up` when it serves, and `on_end` when it has ended, with its error if it failed.
    """

    def __init__(
        self,
        socket: sockets.socket,
        *,
        token: str,
        service: Service,
        options: HttpOptions,
        on_up: Callable[[], object],
        on_end: Callable[[BaseException | None], object],
    ) -> None:
        self._socket = socket
        self._token = token
        self._service = service
        self._options = options
        self._on_up = on_up
        self._on_end = on_end
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self.streams: Streams | None = None
        """The event streams, once it serves."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="http server", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the server, and wait for it."""
        self._ready.wait(JOIN_WITHIN_S)
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(JOIN_WITHIN_S)

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._serve())
        except BaseException as failure:
            error = failure
            log.exception("http: the server failed")
        finally:
            self._socket.close()
            self._ready.set()
            self._on_end(error)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        causes = CauseLog(log)
        self._loop.set_exception_handler(lambda _, context: _note(causes, context))
        connections, streams = Connections(causes), Streams(self._service.perceptions, causes)
        self.streams = streams
        api, metrics = Api(self._service, self._options, streams, causes), Metrics(self._service)
        streams.on_event = metrics.on_event
        self._service.add_observer(metrics.on_answer)
        server = uvicorn.Server(_config(api, metrics, self._token, connections))
        serving = asyncio.ensure_future(server.serve(sockets=[self._socket]))
        stopping = asyncio.ensure_future(self._stop.wait())
        self._ready.set()
        try:
            while not (server.started or serving.done()):
                await asyncio.sleep(LOOK_EVERY_S)
            if server.started:
                self._on_up()
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            await _end(server, api)
            await serving
        finally:
            self._service.remove_observer(metrics.on_answer)
            streams.stop()
            stopping.cancel()
            connections.abort()
            await asyncio.sleep(0)  # the aborted transports close


async def _end(server: uvicorn.Server, api: Api) -> None:
    """Streams first: a client sees the end of its stream before the connection's."""
    api.streams.stop()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STREAMS_END_WITHIN_S):
            while api.streams.open:
                await asyncio.sleep(LOOK_EVERY_S)
    asyncio.get_running_loop().call_later(REQUESTS_END_WITHIN_S, api.no_time_left.set)
    server.should_exit = True


def _config(api: Api, metrics: Metrics, token: str, connections: Connections) -> ServerConfig:
    config = ServerConfig(
        make_app(api, metrics, token),
        http=BoundedHttp,
        ws=BoundedWebSocket,
        ws_max_size=MAX_MESSAGE_BYTES,
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    config.connections = connections
    return config


def _note(causes: CauseLog, context: dict[str, Any]) -> None:
    causes.note(str(context.get("message", "the event loop reports an error")), error=context.get("exception"))
