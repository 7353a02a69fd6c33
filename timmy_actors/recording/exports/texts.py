"""The texts of a beat in every export: the prompt, and a decision in the format of the prompts' examples. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from timmy_actors.recording.records import BeatRecord, CallOutcome, Decision

_ENCODER = json.JSONEncoder(ensure_ascii=False)
NOTHING = "null"
"""The action of a decision to do nothing, as in the examples of `training/data`."""


def decision_text(decision: Decision) -> str:
    """The thought, then one line of JSON per call: `{"action": NAME, "params": {...}}`."""
    return answer_text(decision.text, ((call.name, call.arguments) for call in decision.calls))


def answer_text(thought: str, calls: Iterable[tuple[str, dict[str, Any]]]) -> str:
    """As `decision_text`, of a thought, and a name and arguments per call."""
    lines = [to_json({"action": name, "params": arguments}) for name, arguments in calls] or [NOTHING]
    thought = thought.strip()
    return "\n".join([thought, *lines] if thought else lines)


def prompt_messages(beat: BeatRecord) -> list[dict[str, str]]:
    """The prompt as messages; without one, the observation is the prompt."""
    if beat.prompt:
        return [{"role": message.role, "content": message.text} for message in beat.prompt]
    return [{"role": "user", "content": to_json(beat.observation)}]


def result_text(result: CallOutcome) -> str:
    """The result of a call, or its error, as JSON."""
    if result.error is not None:
        return to_json({"error": result.error.model_dump(exclude_none=True)})
    return to_json(result.value)


def to_json(value: Any) -> str:
    """JSON in one line."""
    return _ENCODER.encode(value)
