"""Generates samples of training data from the world's drawn maps: `python -m tools.training_samples FOLDER`."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from timmy_actors.embedded import LockstepWorld
from timmy_actors.recording import (
    BeatCall,
    BeatRecord,
    CallOutcome,
    Decision,
    EpisodeWriter,
    harvest_episode,
    hash_observation,
)
from timmy_actors.worlds import Episode, ScriptedAgent, find_task
from timmy_actors.worlds.envs.drawing import draw_map
from timmy_actors.worlds.tasks.episode import State

TASKS = {"reach-tradehouse": "samples-road", "kill-rat": "samples-fight"}
STEPS, EVERY = 25, 12
WRITTEN_WITHIN_S = 60.0
SEED = 7
START = datetime(2026, 1, 1, tzinfo=UTC)
EVENTS: list[dict[str, Any]] = [
    {
        "event": "dialogue_choice",
        "data": {"objects": [{"ref_id": "arrille", "choice": "topic", "topic": "background"}]},
    },
    {"event": "topics", "data": {"topics": ["imperial law", "smuggler"]}},
    {"event": "dialogue_choice", "data": {"objects": [{"ref_id": "arrille", "choice": "topic", "topic": "smuggler"}]}},
    {"event": "dialogue_choice", "data": {"objects": [{"ref_id": "arrille", "choice": "barter"}]}},
]
"""What a client reports of a conversation."""
QUESTION = BeatCall(id="ask", name="ask_choice", arguments={"text": "Where to?", "choices": ["Balmora", "Vivec"]})


def make_samples(folder: Path) -> None:
    """Replace the samples of each task."""
    with tempfile.TemporaryDirectory() as episodes:
        for task, name in TASKS.items():
            episode = _record(Path(episodes), task, name)
            shutil.rmtree(folder / task, ignore_errors=True)
            events = EVENTS if name == "samples-road" else []
            harvest_episode(episode, folder / task, view="map", vertical_degrees=60.0, events=events)


def _record(episodes: Path, task: str, name: str) -> Path:
    writer = EpisodeWriter(episodes, episode_id=name, meta={"task": task})
    for number, (state, action, jpeg) in enumerate(_played(task), start=1):
        writer.write(_beat(number, state, action), jpeg)
        writer.flush(WRITTEN_WITHIN_S)
    writer.close("success")
    return writer.episode


def _played(task_id: str) -> Iterator[tuple[State, str, bytes]]:
    task = find_task(task_id)
    with closing(LockstepWorld(SEED)) as world:
        episode = Episode(task, world)
        state, agent = episode.start(), ScriptedAgent(task, SEED)
        for step in range(STEPS):
            action = agent.choose(state)
            if step % EVERY == 0:
                stream = io.BytesIO()
                Image.fromarray(draw_map(task, state)).save(stream, "JPEG", quality=85)
                yield state, task.actions[action].command or "wait", stream.getvalue()
            state = episode.act(action)


def _beat(number: int, state: State, command: str) -> BeatRecord:
    observation = {key: state.sections[key] for key in ("position", "nearby_actors") if key in state.sections}
    calls = (BeatCall(id="act", name=command), *([QUESTION] if number == 1 else []))
    results = tuple(CallOutcome(call_id=call.id, value={"choice": "Balmora"}) for call in calls)
    return BeatRecord(
        beat=number,
        time=START + timedelta(seconds=number),
        observation=observation,
        observation_hash=hash_observation(observation),
        decision=Decision(text=f"The goal is not reached yet. I should {command.replace('_', ' ')}.", calls=calls),
        results=results,
        outcome="acted",
    )


if __name__ == "__main__":
    make_samples(Path(sys.argv[1]))
