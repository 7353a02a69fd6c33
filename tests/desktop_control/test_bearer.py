from __future__ import annotations

import anyio
import pytest

from timmy_actors.desktop_control.server import Message, only_with_token

TOKEN = "0123456789abcdefghij"


async def _status(authorization: bytes) -> int:
    sent: list[Message] = []

    async def app(_scope: object, _receive: object, send: object) -> None:
        sent.append({"type": "http.response.start", "status": 200})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("the request's body must not be read")

    await only_with_token(app, TOKEN)({"type": "http", "headers": [(b"authorization", authorization)]}, receive, send)
    status = sent[0]["status"]
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), (f"BEARER  {TOKEN}", 200),
        (f"Basic {TOKEN}", 401), (TOKEN, 401), (f"Bearer {TOKEN}x", 401), ("bearer", 401), ("", 401),
    ],
)  # fmt: skip
def test_the_schemes_case_means_nothing_and_the_tokens_does(authorization: str, status: int) -> None:
    assert anyio.run(_status, authorization.encode()) == status
    assert anyio.run(_status, f"bearer {TOKEN.upper()}".encode()) == 401
