"""Two episodes of six beats on a straight line, one of which has lost a record."""

from __future__ import annotations

from pathlib import Path

from tests.recording.beats import STORED_WITHIN_S, beat, picture
from timmy_actors.recording import BeatCall, BeatRecord, Decision, EpisodeWriter, hash_observation

BEATS, GAP_AT = 6, 3
PERIOD_S = 0.1


def journeys(folder: Path) -> dict[str, Path]:
    """`seen` succeeds; `lost` has no third record, and was stopped."""
    paths = {}
    for name in ("seen", "lost"):
        writer = EpisodeWriter(folder, episode_id=name, meta={"goal": "Go north."})
        for number in range(1, BEATS + 1):
            if name == "seen" or number != GAP_AT:
                writer.write(step(number), picture((number * 20, 90, 30)))
        assert writer.flush(STORED_WITHIN_S)
        writer.close("success" if name == "seen" else "stopped")
        paths[name] = writer.episode
    return paths


def step(number: int) -> BeatRecord:
    """The player walks and turns by turns."""
    observation = {"position": {"x": float(number), "y": 0.0, "cell": "Balmora"}}
    walks = BeatCall(id="1", name="walk", arguments={"direction": "forward" if number < BEATS else "back"})
    turns = BeatCall(id="1", name="turn", arguments={"by": 30})
    return beat(
        number,
        observation=observation,
        observation_hash=hash_observation(observation),
        decision=Decision(text="On.", calls=(walks if number % 2 or number == BEATS else turns,)),
        results=(),
        monotonic_s=100.0 + number * PERIOD_S,
    )
