"""The actor that owns the HTTP server: it opens the port, and fails when it cannot, so that its supervisor retries."""

from __future__ import annotations

import contextlib
import os
import socket as sockets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pykka

from timmy_actors.errors import ConfigError, HttpUnavailableError
from timmy_actors.protocol import HttpStatus
from timmy_actors.serving.http.options import HttpOptions
from timmy_actors.serving.service import Service
from timmy_actors.supervision import Actor, SharedValue
from timmy_actors.system import read_token

if TYPE_CHECKING:
    from timmy_actors.serving.http.server import HttpServer

BACKLOG = 128


@dataclass(frozen=True)
class _Up:
    """The server serves."""

    port: int


@dataclass(frozen=True)
class ServerEnded:
    """The server ended by itself."""

    error: BaseException | None


class HttpActor(Actor):
    """Runs one `HttpServer`.

    It starts without the port, so that the daemon does too; a port in use, or a token that cannot be read, ends it with
    `HttpUnavailableError`.
    """

    def __init__(self, options: HttpOptions, *, service: Service, status: SharedValue[HttpStatus | None]) -> None:
        super().__init__()
        self._options = options
        self._service = service
        self._status = status
        self._server: HttpServer | None = None

    def on_start(self) -> None:
        """Open the port next: not here, where a failure would be one of the daemon's start."""
        self.mailbox.schedule("open", 0.0, "open")

    def on_receive(self, message: Any) -> None:
        """Open the port; fail if the server does."""
        match message:
            case "open":
                self._open()
            case _Up(port):
                self._publish("up", port)
            case ServerEnded(error):
                raise HttpUnavailableError(f"the HTTP server ended: {error or 'without a reason'}") from error

    def on_stop(self) -> None:
        """End the streams, the requests and the server."""
        self._close()
        self._publish("down", reason="it was stopped")

    def on_failure(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """End the server."""
        self._close()  # first: of an actor that was abandoned, publishing raises
        self._publish("down", reason=str(error))

    def _open(self) -> None:
        self._publish("starting")
        # Imported late, in this thread: FastAPI takes most of a second, which no other actor should wait.
        try:
            from timmy_actors.serving.http.server import HttpServer  # noqa: PLC0415
        except ImportError as error:
            raise HttpUnavailableError(f"{error}: pip install 'timmy_actors[http]'") from error
        self._publish("starting")  # raises if the actor was abandoned meanwhile

        token, socket = self._token(), self._listen()
        port = socket.getsockname()[1]
        self._server = HttpServer(
            socket,
            token=token,
            service=self._service,
            options=self._options,
            on_up=lambda: self._tell_self(_Up(port)),
            on_end=lambda error: self._tell_self(ServerEnded(error)),
        )

    def _token(self) -> str:
        try:
            return read_token(self._options.token_file, "delete it to have a new one made, and restart")
        except ConfigError as error:
            raise HttpUnavailableError(str(error)) from error

    def _listen(self) -> sockets.socket:
        options = self._options
        try:
            return _listening(options.host, options.port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise HttpUnavailableError(
                f"cannot listen at {options.host}:{options.port}: {reason}: end what uses it, or set another http.port"
            ) from error

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _tell_self(self, message: _Up | ServerEnded) -> None:
        # Called in the server's thread.
        with contextlib.suppress(pykka.ActorDeadError):  # it was asked to end
            self.actor_ref.tell(message)

    def _publish(self, state: Any, port: int | None = None, *, reason: str | None = None) -> None:
        options = self._options
        host = f"[{options.host}]" if ":" in options.host else options.host
        self._status.value = HttpStatus(
            state=state,
            url=f"http://{host}:{port or options.port}/",
            token_file=str(options.token_file),
            reason=reason,
        )


def _listening(host: str, port: int) -> sockets.socket:
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    # With its protocol: asyncio sets TCP_NODELAY only then, and each answer would take 40 ms without it.
    socket = sockets.socket(family, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    try:
        if os.name == "posix":
            socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        socket.bind((host, port))
        socket.listen(BACKLOG)
    except BaseException:
        socket.close()
        raise
    return socket
