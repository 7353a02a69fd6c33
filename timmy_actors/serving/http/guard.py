"""What every request must pass before a route sees it: `Host`, `Origin`, the token, the size and type of the body."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.problems import ProblemDetails, ProblemError, make_problem, problem_response

MAX_BODY_BYTES = 1_000_000
BODY_WITHIN_S = 10.0
DRAIN_WITHIN_S = 1.0
"""How long the body of a refused request is read."""
CHALLENGE = {"www-authenticate": 'Bearer realm="timmy-actors"'}
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)
"""On every response."""
REFUSED_SOCKET = 1008
"""WebSocket's close code for a violated policy."""
LAST = {"connection": "close"}
"""The connection ends with this response: what the client still sends is not read."""


def address_of(scope: Scope) -> str:
    """The client's address."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class Guard:
    """The outermost layer: sets the common headers, checks `Host` and `Origin`, and answers failures."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], origins: Iterable[str], causes: CauseLog) -> None:
        self._app = app
        self._hosts = {"localhost", *(host.lower() for host in hosts)}
        self._origins = set(origins)
        self._causes = causes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        headers = dict(scope["headers"])
        problem = self._check(_text(headers.get(b"host")), headers.get(b"origin"))
        if problem is not None:
            self._causes.note(f"refused: {problem.title}: wrong Host or Origin", address_of(scope))
            await refuse(scope, receive, send_on, problem)
            return
        try:
            await self._app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001  a failing route must not end the connection without a word
            self._causes.note(f"{type(error).__name__} in a route", repr(scope.get("path", "")[:100]), error=error)
            if not started and scope["type"] == "http":
                await refuse(scope, receive, send_on, make_problem(500, "internal error: see the daemon's log"))

    def _check(self, host: str, of_page: bytes | None) -> ProblemDetails | None:
        if not self._knows(_name_of(host)):
            remedy = "call it by its IP address or as localhost, or add the name to http.allowed_hosts"
            return make_problem(403, f"the Host is not accepted: {remedy}", code="not_permitted")
        if of_page is None:
            return None
        origin = _text(of_page)
        if origin in self._origins or origin in (f"http://{host}", f"https://{host}"):
            return None
        return make_problem(
            403, "the Origin is not accepted: add the page's site to http.allowed_origins", code="not_permitted"
        )

    def _knows(self, name: str) -> bool:
        # An attacker's page can make only a name point here (DNS rebinding): an address is no one's to rebind.
        return name in self._hosts or _is_address(name)


class TokenCheck:
    """Knows the token."""

    def __init__(self, token: str, causes: CauseLog) -> None:
        self._token = token.encode()
        self._causes = causes

    def accepts(self, token: str, scope: Scope) -> bool:
        """Whether this is the token; takes as long for every wrong one. A wrong one is logged."""
        is_right = hmac.compare_digest(token.encode(), self._token)
        if not is_right:
            self._causes.note("refused: no token, or a wrong one", address_of(scope))
        return is_right


class TokenGuard:
    """Requires the bearer token on private paths, and bounds the body before a route reads it."""

    def __init__(self, app: ASGIApp, *, token: TokenCheck, is_private: Callable[[str], bool], causes: CauseLog) -> None:
        self._app = app
        self._token = token
        self._is_private = is_private
        self._causes = causes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":  # a WebSocket's route checks the token, which may come in its first message
            await self._app(scope, receive, send)
            return
        problem = self._check(scope, dict(scope["headers"]))
        if problem is not None:
            await refuse(scope, receive, send, problem)
            return
        await self._app(scope, _BoundedBody(receive).receive, send)

    def _check(self, scope: Scope, headers: dict[bytes, bytes]) -> ProblemDetails | None:
        if self._is_private(scope["path"]) and not self._token.accepts(bearer(headers), scope):
            return wrong_token()
        length = int(headers.get(b"content-length", b"0"))
        if length > MAX_BODY_BYTES:
            self._causes.note("refused: a body that is too large", address_of(scope))
            return too_large()
        if not length and b"transfer-encoding" not in headers:
            return None
        kind = _text(headers.get(b"content-type")).partition(";")[0].strip().lower()
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and kind != "application/json":
            return make_problem(415, "the body must be JSON: Content-Type: application/json")
        return None


class _BoundedBody:
    """Counts the bytes of a body, and limits the time for all of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0
        self._whole = False
        self._until = asyncio.get_running_loop().time() + BODY_WITHIN_S

    async def receive(self) -> MutableMapping[str, Any]:
        if self._whole:  # what comes next is the client's end
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise ProblemError(make_problem(408, f"no body within {BODY_WITHIN_S:g} s"), LAST) from None
        self._bytes += len(message.get("body", b""))
        if self._bytes > MAX_BODY_BYTES:
            raise ProblemError(too_large(), LAST)
        self._whole = not message.get("more_body", False)
        return message


def too_large() -> ProblemDetails:
    """The problem of a body that is too large."""
    return make_problem(413, f"the body may have at most {MAX_BODY_BYTES} bytes")


def wrong_token() -> ProblemDetails:
    """The problem of a missing or wrong token."""
    return make_problem(401, "give this server's token: Authorization: Bearer TOKEN", code="not_permitted")


def bearer(headers: dict[bytes, bytes]) -> str:
    """The token of the `Authorization` header; "" without one."""
    scheme, _, token = _text(headers.get(b"authorization")).partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def refuse(scope: Scope, receive: Receive, send: Send, problem: ProblemDetails) -> None:
    """Answer with a problem, and end the connection."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": REFUSED_SOCKET, "reason": problem.title})
        return
    if problem.status != 413:
        await _drain(receive)
    headers = {**LAST, **CHALLENGE} if problem.status == 401 else LAST
    await problem_response(problem, headers)(scope, receive, send)


async def _drain(receive: Receive) -> None:
    """Read the body, within limits: a connection that is closed with unread bytes is reset, and the answer is lost."""
    left = MAX_BODY_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_WITHIN_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _text(header: bytes | None) -> str:
    return (header or b"").decode("latin-1")


def _name_of(host: str) -> str:
    """The name or address in a `Host` header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().removesuffix(".")


@lru_cache(maxsize=64)
def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
