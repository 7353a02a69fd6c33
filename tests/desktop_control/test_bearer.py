from __future__ import annotations

import anyio
import pytest

from timmy_actors.desktop_control.server import Message, only_with_token

TOKEN = "0123456789abcdefghij"


async def _status(authorization: bytes) -> int:
    told: list[Message] = []

    async def app(_scope: object, _receive: object, send: object) -> None:
        told.append({"type": "http.response.start", "status": 200})

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing is read of a request")

    await only_with_token(app, TOKEN)({"type": "http", "headers": [(b"authorization", authorization)]}, receive, send)
    status = told[0]["status"]
    assert isinstance(status, int)
    return status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), (f"BEARER  {TOKEN}", 200),
        (f"Basic {TOKEN}", 401), (TOKEN, 401), (f"Bearer {TOKEN}x", 401), ("bearer", 401), ("", 401),
    ],
)  # fmt: skip
def test_the_schemes_case_means_nothing_and_the_tokens_does(given: str, status: int) -> None:
    assert anyio.run(_status, given.encode()) == status
    assert anyio.run(_status, f"bearer {TOKEN.upper()}".encode()) == 401
