"""Loads a daemon over HTTP: `python -m ... PORT TOKEN CLIENTS SUBSCRIBERS`. Prints a line when all are connected."""

from __future__ import annotations

import asyncio
import random
import sys

PERIOD_S = 1.0
"""Each client asks once in this time."""


async def main(port: int, token: str, clients: int, subscribers: int) -> None:
    """Load until it is ended."""
    tasks = [asyncio.create_task(_subscribe(port, token)) for _ in range(subscribers)]
    tasks += [asyncio.create_task(_ask(port, token)) for _ in range(clients)]
    await asyncio.sleep(PERIOD_S)
    print("loading", flush=True)
    await asyncio.gather(*tasks)


async def _ask(port: int, token: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(random.random() * PERIOD_S)  # not all at once
    while True:
        writer.write(_request("/v1/snapshot", token))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(int(length.split(b":")[1]))
        await asyncio.sleep(PERIOD_S)


async def _subscribe(port: int, token: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_request("/v1/events", token))
    while await reader.read(65_536):
        pass


def _request(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
