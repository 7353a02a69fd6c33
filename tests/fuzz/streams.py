"""Random and mutated byte streams for the Lua listener, the same for the same seed."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.link import zmtp_bytes as zmtp

LONGEST_NOISE = 400
CORPUS = {
    mechanism: tuple(file.read_bytes() for file in sorted(Path(__file__).parent.glob(f"corpus/*_{mechanism}.bin")))
    for mechanism in ("null", "plain")
}
"""What real clients said: `capture.py` records it."""


def good_stream(rng: random.Random, mechanism: str, token: str) -> bytes:
    """A client that does nothing wrong."""
    messages = [
        {"type": "hello", "id": "1", "client": f"fuzz-{rng.randrange(5)}"},
        {"type": "subscribe", "id": "2", "sections": ["world"], "rate_hz": 20},
        {"type": "observe", "id": "3", "player": "Timmy"},
        {"type": "command", "id": str(rng.random()), "name": "message", "arguments": {}, "deadline": 10**13},
        {"type": "ping", "id": "5"},
    ]
    traffic = b"".join(zmtp.frame(json.dumps(message).encode()) for message in messages)
    return zmtp.opening(mechanism, token) + traffic + zmtp.command("PING", b"\0\x14context")


def _overwrite(rng: random.Random, stream: bytearray) -> None:
    stream[rng.randrange(len(stream))] = rng.randrange(256)


def _delete(rng: random.Random, stream: bytearray) -> None:
    start = rng.randrange(len(stream))
    del stream[start : start + rng.randrange(1, 20)]


def _insert(rng: random.Random, stream: bytearray) -> None:
    at = rng.randrange(len(stream))
    stream[at:at] = rng.randbytes(rng.randrange(1, 40))


def _cut(rng: random.Random, stream: bytearray) -> None:
    del stream[rng.randrange(len(stream)) :]


def _repeat(rng: random.Random, stream: bytearray) -> None:
    start = rng.randrange(len(stream))
    stream.extend(stream[start : start + 200])


MUTATIONS = (_overwrite, _overwrite, _delete, _insert, _cut, _repeat)


def any_stream(rng: random.Random, mechanism: str, token: str) -> bytes:
    """Noise, noise after a good opening, or a good client, made up or recorded, that was mutated."""
    kind = rng.random()
    if kind < 0.15:
        return rng.randbytes(rng.randrange(LONGEST_NOISE))
    if kind < 0.4:
        return zmtp.opening(mechanism, token) + rng.randbytes(rng.randrange(LONGEST_NOISE))
    good = good_stream(rng, mechanism, token) if rng.random() < 0.5 else rng.choice(CORPUS[mechanism.lower()])
    stream = bytearray(good)
    for _ in range(rng.randrange(1, 5)):
        if stream:
            rng.choice(MUTATIONS)(rng, stream)
    return bytes(stream)
