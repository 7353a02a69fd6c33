"""Records for tests, and the episode that contains them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from timmy_actors.recording import (
    BeatCall,
    BeatRecord,
    CallOutcome,
    Decision,
    EpisodeWriter,
    PromptMessage,
    hash_observation,
)

STORED_WITHIN_S = 60.0


def beat(number: int, **fields: Any) -> BeatRecord:
    """A beat in which the agent walked."""
    observation = {"position": {"x": float(number), "y": 0.0, "cell": "Balmora"}}
    call = BeatCall(id="call-1", name="walk", arguments={"direction": "forward"}, command_id=f"c{number}")
    values: dict[str, Any] = {
        "beat": number,
        "time": datetime(2026, 11, 30, 12, 0, number % 60, tzinfo=UTC),
        "observation": observation,
        "observation_hash": hash_observation(observation),
        "prompt": (
            PromptMessage(role="system", text="You play Morrowind."),
            PromptMessage(role="user", text=f"You are at x = {number}."),
        ),
        "decision": Decision(text="The road leads north.", calls=(call,), by="scripted"),
        "results": (CallOutcome(call_id="call-1", value={"walked": 1.5}),),
        "outcome": "acted",
        "score": number / 10,
    }
    return BeatRecord(**{**values, **fields})


def picture(colour: tuple[int, int, int] = (30, 90, 30), kind: str = "JPEG") -> bytes:
    """A small picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, kind)
    return stream.getvalue()


def record(folder: Path, count: int = 3, episode_id: str = "one", **options: Any) -> Path:
    """A closed episode of `count` beats with pictures."""
    writer = EpisodeWriter(folder, episode_id=episode_id, meta={"goal": "Go north."}, **options)
    for number in range(1, count + 1):
        writer.write(beat(number), picture())
    assert writer.flush(STORED_WITHIN_S)
    writer.close("success")
    return writer.episode
