"""The MCP server over HTTP for the conformance suite, which sends no token: one is added to each request.

The suite calls tools by its own names: a tool that matches one of them is also offered under that name.
"""

from __future__ import annotations

import dataclasses
import json
import socket
import sys
import tempfile
from pathlib import Path

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings

from timmy_actors.mcp_server.access import App, Message, Receive, Send, Tokens, guarded
from timmy_actors.mcp_server.server import PlayServer, ServerOptions
from timmy_actors.mcp_server.transports import LOCAL

ALIASES = {"available_actions": "test_simple_text", "act": "test_error_handling"}


def with_token(app: App, token: str) -> App:
    """The application, with the token added to each request."""

    async def authorised(scope: Message, receive: Receive, send: Send) -> None:
        headers = [*scope.get("headers", ()), (b"authorization", f"Bearer {token}".encode())]
        await app({**scope, "headers": headers}, receive, send)

    return authorised


def application(endpoint: str, token_file: Path) -> App:
    """The server's application on a daemon."""
    play = PlayServer(ServerOptions(endpoint, "operator"))
    for name, alias in ALIASES.items():
        play._tools[alias] = dataclasses.replace(play._tools[name], name=alias)
    security = TransportSecuritySettings(
        allowed_hosts=list(LOCAL), allowed_origins=[f"http://{host}" for host in LOCAL]
    )
    app = guarded(play.server.streamable_http_app(transport_security=security), Tokens(token_file))
    return with_token(app, token_file.read_text().split()[0])


def main() -> None:
    """Serve until killed; the first line contains the URL."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        Path(folder).chmod(0o700)
        app = application(sys.argv[1], Path(folder) / "token")
        sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"}) + "\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])


if __name__ == "__main__":
    main()
