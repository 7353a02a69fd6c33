"""Recording a beat against the beat itself, and exporting an episode against `datasets` writing the same rows."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.environments import python_environment
from benchmarks.harness import ROUNDS, Figure, Note, Reading, interleave, p50
from timmy_actors import Runtime
from timmy_actors.daemon import JournalSettings, Settings
from timmy_actors.recording import (
    BeatCall,
    BeatRecord,
    CallOutcome,
    Decision,
    EpisodeLimits,
    EpisodeWriter,
    ExportOptions,
    PromptMessage,
    export_episodes,
    hash_observation,
)
from timmy_actors.system import config_folder

BEATS, EXPORTED = 50, 100_000
EXPORT_ROUNDS = 3
WITHIN_S = 600.0
DATASETS = ("datasets==5.2.0",)
WRITE_ROWS = """
import json, sys, time
import datasets
with open(sys.argv[1], encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
began = time.process_time()
datasets.Dataset.from_list(rows).to_json(sys.argv[2])
print(time.process_time() - began)
"""


def run() -> Iterator[Figure | Reading | Note]:
    """The figures."""
    with tempfile.TemporaryDirectory(prefix="timmy-bench-") as name:
        folder = Path(name)
        yield from _per_record(folder)
        yield from _export(folder)


def _per_record(folder: Path) -> Iterator[Figure]:
    observation = _observation(folder / "first")
    busy = [_writers_cpu(folder / f"cpu-{number}", observation) for number in range(ROUNDS)]
    with Runtime(_settings(folder / "second"), folder=config_folder(), endpoint=f"ipc://{folder}/socket") as runtime:
        runtime.wait_ready(60)
        record = _record(1, observation)
        writer = EpisodeWriter(folder / "beats", episode_id="bench", meta={}, limits=EpisodeLimits(pending=1_000_000))

        def beat() -> None:
            runtime.snapshot()
            runtime.command("message", text="hello")

        def measured() -> float:
            took = p50(lambda: writer.write(record), BEATS)
            writer.flush(WITHIN_S)
            return took

        waited, beats = interleave(measured, lambda: p50(beat, BEATS))
        writer.close("stopped")
    bound = ("<= 0.05", lambda ratio: ratio <= 0.05)
    yield Figure("a record, as the beat waits for it", waited, beats, *bound, yardstick_name="a beat")
    yield Figure("a record, CPU of the writer's thread", busy, beats, yardstick_name="a beat")


def _observation(folder: Path) -> dict[str, Any]:
    """What a player of the embedded world perceives."""
    with Runtime(_settings(folder), folder=config_folder(), endpoint=f"ipc://{folder}-socket") as runtime:
        runtime.wait_ready(60)
        perceived: dict[str, Any] = runtime.snapshot().model_dump(mode="json", exclude_none=True)
    return perceived


def _writers_cpu(folder: Path, observation: dict[str, Any]) -> float:
    """The CPU time of a record, in microseconds, while nothing else runs in this process."""
    writer = EpisodeWriter(folder, episode_id="cpu", meta={})
    record = _record(1, observation)
    began = time.process_time()
    for _ in range(BEATS):
        writer.write(record)
    writer.flush(WITHIN_S)
    took = (time.process_time() - began) / BEATS * 1e6
    writer.close("stopped")
    return took


def _settings(folder: Path) -> Settings:
    return Settings(journal=JournalSettings(file=f"{folder}-journal"))


def _export(folder: Path) -> Iterator[Figure | Note]:
    try:
        python = str(python_environment(*DATASETS) / "python")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        yield Note(f"export: not measured: datasets cannot be installed: {error}")
        return
    episode = _episode(folder / "episodes")
    targets = (folder / f"export-{number}" for number in range(EXPORT_ROUNDS + 1))
    first = next(targets)
    export_episodes([episode], first, ExportOptions("messages"))

    def ours() -> float:
        began = time.process_time()
        export_episodes([episode], next(targets), ExportOptions("messages"))
        return time.process_time() - began

    def theirs() -> float:
        command = [python, "-c", WRITE_ROWS, str(first / "metadata.jsonl"), str(folder / "theirs.jsonl")]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=WITHIN_S)
        return float(done.stdout.split()[-1])

    figures = interleave(ours, theirs, EXPORT_ROUNDS)
    yield Figure(
        f"export of {EXPORTED:,} beats, CPU",
        *figures,
        "<= 1.0",
        lambda r: r <= 1.0,
        unit="s",
        yardstick_name="datasets",
    )


def _episode(folder: Path) -> Path:
    writer = EpisodeWriter(folder, episode_id="bench", meta={}, limits=EpisodeLimits(pending=1_000))
    for number in range(1, EXPORTED + 1):
        writer.write(_record(number, {"position": {"x": number, "cell": "Balmora"}}))
        if number % 500 == 0:
            writer.flush(WITHIN_S)
    writer.flush(WITHIN_S)
    writer.close("success")
    return writer.episode


def _record(number: int, observation: dict[str, Any]) -> BeatRecord:
    prompt = (
        PromptMessage(role="system", text="You play Morrowind. Answer with one short thought and one action. " * 4),
        PromptMessage(role="user", text=f"Beat {number}: {json.dumps(observation)[:400]}"),
    )
    call = BeatCall(id="call-1", name="walk", arguments={"direction": "forward"}, command_id=f"c{number}")
    return BeatRecord(
        beat=number,
        time=datetime.now(UTC),
        observation=observation,
        observation_hash=hash_observation(observation),
        prompt=prompt,
        decision=Decision(text="The road leads north.", calls=(call,), by="openai"),
        results=(CallOutcome(call_id="call-1", value={"walked": 1.5}),),
        outcome="acted",
    )
