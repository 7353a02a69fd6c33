"""ATIF 1.8, the Agent Trajectory Interchange Format: one document per episode, pictures by path."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.exports.images import Images
from timmy_actors.recording.exports.texts import prompt_messages, result_text
from timmy_actors.recording.reader import read_head
from timmy_actors.recording.records import BeatRecord
from timmy_actors.recording.summary import read_beats
from timmy_actors.version import __version__

VERSION = "ATIF-v1.8"
EX_DATAERR = 65


def write_trajectory(episode: Path, target: Path, images: Images) -> int:
    """Write an episode as `EPISODE.json`; the pictures' paths are relative to it. Returns the number of steps.

    Raises:
        EpisodesUnusableError: the document breaks a rule of `trajectory_faults`.
    """
    head = read_head(episode)
    meta = head.meta if head is not None else {}
    steps = list(_steps(episode, images))
    document = {
        "schema_version": VERSION,
        "session_id": episode.name,
        "trajectory_id": episode.name,
        "agent": {"name": "timmy_actors", "version": __version__, "model_name": _text(meta.get("model"))},
        "steps": steps,
        "final_metrics": _totals(steps),
        "extra": {"meta": meta},
    }
    faults = list(trajectory_faults(document))
    if faults:
        reason = f"episode {episode.name}: {faults[0]}: 'timmy-actors episodes verify' names the line"
        raise EpisodesUnusableError(reason, EX_DATAERR)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    (target / f"{episode.name}.json").write_text(text, encoding="utf-8")
    return len(steps)


def trajectory_faults(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a document that the library accepts all the same: each in a sentence."""
    steps: Sequence[dict[str, Any]] = document.get("steps", ())
    if not steps:
        yield "there are no steps"
    seen: set[str] = set()
    for step in steps:
        where = f"step {step['step_id']}"
        calls = [call["tool_call_id"] for call in step.get("tool_calls") or ()]
        yield from (f"{where}: two calls have the id {name!r}" for name in _repeated(calls, seen))
        seen.update(calls)
        for result in (step.get("observation") or {}).get("results", ()):
            if (name := result.get("source_call_id")) is not None and name not in calls:
                yield f"{where}: a result belongs to no call: {name!r}"
        for name, value in (step.get("metrics") or {}).items():
            if isinstance(value, int | float) and not (math.isfinite(value) and value >= 0):
                yield f"{where}: the metric {name} is {value}"


def _repeated(names: list[str], seen: set[str]) -> list[str]:
    return [name for number, name in enumerate(names) if name in seen or name in names[:number]]


def _steps(episode: Path, images: Images) -> Iterator[dict[str, Any]]:
    number, system = 0, None
    for beat in read_beats(episode):
        messages = prompt_messages(beat)
        text = "\n\n".join(message["content"] for message in messages if message["role"] == "system")
        if text and text != system:
            system, number = text, number + 1
            yield {"step_id": number, "source": "system", "message": text, "timestamp": beat.time.isoformat()}
        number += 1
        yield {
            "step_id": number,
            "source": "user",
            "message": _content(messages, images.add(episode, beat.picture)),
            "timestamp": beat.time.isoformat(),
            "extra": {"beat": beat.beat, "game_ms": beat.game_ms, "observation_hash": beat.observation_hash},
        }
        if beat.decision is not None:
            number += 1
            yield _agent_step(number, beat)


def _content(messages: list[dict[str, str]], image: str | None) -> str | list[dict[str, Any]]:
    text = "\n\n".join(message["content"] for message in messages if message["role"] != "system")
    if image is None:
        return text
    source = {"media_type": "image/jpeg", "path": image}
    return [{"type": "text", "text": text}, {"type": "image", "source": source}]


def _agent_step(number: int, beat: BeatRecord) -> dict[str, Any]:
    decision = beat.decision
    assert decision is not None  # noqa: S101  as `_steps` chose
    calls = [
        {
            "tool_call_id": f"{beat.beat}-{call.id}",
            "function_name": call.name,
            "arguments": call.arguments,
            **({"extra": {"command_id": call.command_id}} if call.command_id is not None else {}),
        }
        for call in decision.calls
    ]
    results = [
        {"source_call_id": f"{beat.beat}-{result.call_id}", "content": result_text(result)} for result in beat.results
    ]
    step = {"step_id": number, "source": "agent", "message": decision.text, "extra": _extra(beat)}
    return {
        **step,
        **({"tool_calls": calls} if calls else {}),
        **({"observation": {"results": results}} if results else {}),
        **({"metrics": metrics} if (metrics := _metrics(beat)) else {"llm_call_count": 0}),
    }


def _metrics(beat: BeatRecord) -> dict[str, Any]:
    usage = beat.usage
    if usage is None:
        return {}
    tokens = {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
    return {**tokens, "extra": {"cost": usage.cost}}


def _extra(beat: BeatRecord) -> dict[str, Any]:
    keys = {"beat", "phase", "outcome", "reason", "score", "latencies", "override", "generation"}
    return beat.model_dump(mode="json", include=keys, exclude_none=True)


def _totals(steps: list[dict[str, Any]]) -> dict[str, Any]:
    metrics = [step["metrics"] for step in steps if "metrics" in step]
    tokens = {f"total_{key}": sum(one[key] for one in metrics) for key in ("prompt_tokens", "completion_tokens")}
    return {**tokens, "total_steps": len(steps)}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
