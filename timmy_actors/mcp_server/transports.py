"""Serves over stdin and stdout, or over HTTP, until the client or the operator ends it."""

from __future__ import annotations

import logging
import signal
import socket
import sys

import anyio
import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from timmy_actors.errors import ConfigError
from timmy_actors.mcp_server.access import App, HttpOptions, Tokens, guarded
from timmy_actors.mcp_server.server import PlayServer, ServerOptions
from timmy_actors.system import OrderlyServer

MAX_BODY_BYTES = 1_000_000
END_STREAMS_WITHIN_S = 2
LOCAL = ("127.0.0.1:*", "localhost:*", "[::1]:*")


def serve(options: ServerOptions, http: HttpOptions | None = None) -> None:
    """Serve until stdin is closed; with `http`, until SIGTERM or SIGINT.

    Raises:
        ConfigError: the endpoint, the address or the token file cannot be used.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")
    play = PlayServer(options)
    if http is not None:
        anyio.run(_serve_http, play, http)
        return
    # The reader of stdin waits in a thread, which would delay an orderly end. There is nothing to put in order: the
    # daemon ends the actions of a client that is gone.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    anyio.run(_serve_stdio, play)


async def _serve_stdio(play: PlayServer) -> None:
    async with stdio_server() as (reading, writing):
        await play.server.run(reading, writing, play.server.create_initialization_options())


async def _serve_http(play: PlayServer, http: HttpOptions) -> None:
    http.check()
    tokens = Tokens(http.token_file)
    security = TransportSecuritySettings(
        allowed_hosts=[*LOCAL, *http.hosts],
        allowed_origins=[*(f"http://{host}" for host in LOCAL), *http.origins],
    )
    app: App = play.server.streamable_http_app(max_request_body_size=MAX_BODY_BYTES, transport_security=security)
    config = uvicorn.Config(
        guarded(app, tokens),
        log_config=None,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=END_STREAMS_WITHIN_S,
    )
    with _listener(http) as listener:
        server = OrderlyServer(config)
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        sys.stderr.write(f"timmy-actors mcp: listening at http://{shown}:{port}/mcp, token in {http.token_file}\n")
        sys.stderr.flush()
        await server.serve(sockets=[listener])


def _listener(http: HttpOptions) -> socket.socket:
    address = http.address
    try:
        family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        raise ConfigError(
            f"--http {address.host}:{address.port}: cannot listen there ({error.strerror}): choose another address"
        ) from error
