"""Who may use the server over HTTP: bearer tokens with scopes, and the hosts and origins that are answered."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

from timmy_actors.errors import ConfigError
from timmy_actors.system import make_private, make_token_file, read_token

Scope = Literal["observe", "act", "operate"]
"""`observe`: the tools that only look. `act`: the tools that do something in the game. `operate`: those that change
the daemon's portal or restart an actor."""
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
SHORTEST_TOKEN = 16
MAX_FILE_BYTES = 16_384
REMEDY = "delete the file to get a new one, and start again"
STATE = "timmy_scopes"
"""The key in a request's state that holds the scopes of its token."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int
    """0: any free port."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """`HOST:PORT`, or only a port on 127.0.0.1; an IPv6 address stands in brackets.

        Raises:
            ConfigError: it is neither.
        """
        host, _, port = text.rpartition(":")
        if not port.isdecimal() or int(port) > 65_535:
            raise ConfigError(f"--http {text}: must be HOST:PORT with a port of 0 to 65535, such as 127.0.0.1:8766")
        return cls(host.strip("[]") or "127.0.0.1", int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True)
class HttpOptions:
    """How to serve over HTTP."""

    address: Address
    token_file: Path
    hosts: tuple[str, ...] = ()
    """Further values of the Host header that are answered: `timmy.example:8766`, or `timmy.example:*`."""
    origins: tuple[str, ...] = ()
    """Further web origins whose pages may connect: `https://chat.example`."""

    def check(self) -> None:
        """Check that the operator has named the hosts if other machines can connect.

        Raises:
            ConfigError: the address is not loopback, and no host is named.
        """
        if not self.address.is_loopback and not self.hosts:
            raise ConfigError(
                f"--http {self.address.host}:{self.address.port}: other machines could connect, without encryption:"
                " listen on 127.0.0.1 and put a proxy with TLS before it, or name each host that may be asked for with"
                " --allowed-host NAME:PORT"
            )


class Tokens:
    """The tokens of a file: one a line, followed by its scopes. A token without scopes has all of them."""

    def __init__(self, path: Path) -> None:
        """Read the file; it is created with a new token if it is missing.

        Raises:
            ConfigError: it cannot be read, others can read it, or a line is invalid.
            CannotCreateError: it cannot be created.
        """
        if not path.exists():
            make_private(path.parent)
            make_token_file(path)
        read_token(path, REMEDY)  # checks its owner, mode and form
        self._scopes = dict(_parse(path))

    def scopes_of(self, authorization: bytes) -> frozenset[Scope] | None:
        """The scopes of the token in an Authorization header (RFC 6750); None: no such token."""
        scheme, _, credentials = authorization.partition(b" ")
        token_sent, granted = credentials.strip(b" "), None
        for token, scopes in self._scopes.items():  # all of them, so that the time says nothing about the token
            if hmac.compare_digest(token_sent, token.encode()):
                granted = scopes
        return granted if scheme.lower() == b"bearer" else None


def guarded(app: App, tokens: Tokens) -> App:
    """The application, for requests with a token of the file; the token's scopes are in the request's state."""

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        scopes = tokens.scopes_of(dict(scope.get("headers", ())).get(b"authorization", b""))
        if scopes is None:
            await _refuse(send)
            return
        await app({**scope, "state": {**scope.get("state", {}), STATE: scopes}}, receive, send)

    return guard


def scopes_of(request: Any) -> frozenset[Scope]:
    """The scopes of a request's client; over stdin and stdout, where there is no request, all of them."""
    return SCOPES if request is None else cast("frozenset[Scope]", getattr(request.state, STATE))


def _parse(path: Path) -> list[tuple[str, frozenset[Scope]]]:
    tokens = []
    with path.open(encoding="ascii") as file:
        text = file.read(MAX_FILE_BYTES + 1)
    if len(text) > MAX_FILE_BYTES:  # a line that was cut would have lost its scopes, and so have all of them
        raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES} bytes: remove tokens and comments")
    for number, line in enumerate(text.splitlines(), 1):
        token, *scopes = line.split() or ["#"]
        if token.startswith("#"):
            continue
        unknown = set(scopes) - SCOPES
        if unknown or len(token) < SHORTEST_TOKEN:
            reason = f"unknown scope {sorted(unknown)[0]!r}" if unknown else f"a token has {SHORTEST_TOKEN} or more"
            raise ConfigError(f"{path}: line {number}: {reason}: write TOKEN, then any of {', '.join(sorted(SCOPES))}")
        tokens.append((token, frozenset(cast("list[Scope]", scopes)) or SCOPES))
    return tokens


async def _refuse(send: Send) -> None:
    headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    body = b"send the token in --token-file as Authorization: Bearer TOKEN\n"
    await send({"type": "http.response.body", "body": body})
