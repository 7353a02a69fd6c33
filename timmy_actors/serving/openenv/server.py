"""Runs the OpenEnv server in the foreground."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from timmy_actors.errors import ConfigError
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.limits import BoundedHttp, BoundedWebSocket, Connections, ServerConfig
from timmy_actors.serving.openenv.app import make_app
from timmy_actors.serving.openenv.options import OpenEnvOptions
from timmy_actors.serving.openenv.sessions import Sessions
from timmy_actors.system import OrderlyServer, make_token_file, read_token
from timmy_actors.worlds import find_task

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MAX_MESSAGE_BYTES = 65_536
GRACE_S = 2
"""How long open connections may go on after SIGTERM."""
REMEDY = "delete it to get a new one, and start again"


def serve_task(options: OpenEnvOptions, on_up: Callable[[str], object]) -> None:
    """Serve a task until SIGTERM or SIGINT; `on_up` gets the URL.

    Raises:
        ConfigError: there is no such task, the port is in use, or the token cannot be read.
    """
    task, token = find_task(options.task), _token(options)
    with _listener(options.port) as listener:
        causes, sessions = CauseLog(log), Sessions(task, options.most_sessions)
        config = ServerConfig(
            make_app(task, sessions, token=token, idle_s=options.idle_s, causes=causes),
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
        config.connections = Connections(causes)
        server = OrderlyServer(config)
        on_up(f"http://{HOST}:{listener.getsockname()[1]}")
        asyncio.run(_serve(server, listener, sessions))


async def _serve(server: OrderlyServer, listener: socket.socket, sessions: Sessions) -> None:
    try:
        await server.serve(sockets=[listener])
    finally:
        await sessions.end()


def _token(options: OpenEnvOptions) -> str:
    if not options.token_file.exists():
        options.token_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_token_file(options.token_file)
    return read_token(options.token_file, REMEDY)


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"--port {port}: cannot listen at {HOST}:{port} ({reason}): choose another port") from error
