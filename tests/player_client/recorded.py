"""Recorded exchanges with a real server, of accounts that were made up for it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def recorded(name: str) -> list[dict[str, Any]]:
    """The lines of `recorded_packets` or `recorded_datagrams`."""
    text = (FOLDER / f"recorded_{name}.jsonl").read_text(encoding="ascii")
    return [json.loads(line) for line in text.splitlines()]


def datagrams(*, sender: str, session: int) -> list[bytes]:
    """The datagrams of one side, in the first recording."""
    return [
        bytes.fromhex(row["hex"])
        for row in recorded("datagrams")
        if (row["recording"], row["session"], row["from"]) == ("a", session, sender)
    ]
