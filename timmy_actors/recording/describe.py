"""An episode in words. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from timmy_actors.recording.records import BeatRecord, Decision
from timmy_actors.recording.summary import EpisodeSummary

LONGEST_TEXT = 160


def describe_summary(summary: EpisodeSummary) -> str:
    """An episode in one line."""
    started = moment(summary.started) if summary.started is not None else "?"
    goal = summary.meta.get("goal") or summary.meta.get("task") or ""
    return f"{summary.id}  {started}  {summary.beats:>6} beats  {summary.outcome or 'unfinished':<10}  {goal}".rstrip()


def describe_beat(beat: BeatRecord) -> list[str]:
    """A beat in a few lines: when, what was perceived, decided and done."""
    took = sum(part or 0 for part in (beat.latencies.perceive_s, beat.latencies.decide_s, beat.latencies.act_s))
    score = f", score {beat.score:.2f}" if beat.score is not None else ""
    lines = [f"beat {beat.beat}  {moment(beat.time)}  {beat.phase}, {took:.3f} s{score}: {outcome_of(beat)}"]
    if (place := where(beat)) is not None:
        lines.append(f"  in {place}")
    lines += [f"  {line}" for line in describe_decision(beat.decision)]
    if beat.override is not None:
        lines += [f"  instead of the policy's: {line}" for line in describe_decision(beat.override.policy)]
    for result in beat.results:
        shown = f"{result.error.code}: {result.error.message}" if result.error is not None else _short(result.value)
        lines.append(f"  {result.call_id} -> {shown}")
    return lines


def describe_decision(decision: Decision | None) -> list[str]:
    """A decision: its text, then a line per call."""
    if decision is None:
        return []
    text = [_cut(" ".join(decision.text.split()))] if decision.text.strip() else []
    return [*text, *(f"{call.id}: {call.name}({_short(call.arguments)})" for call in decision.calls)]


def caption(beat: BeatRecord) -> str:
    """A beat's number, calls and outcome, for the line below a picture."""
    calls = ", ".join(call.name for call in beat.decision.calls) if beat.decision is not None else ""
    return f"{beat.beat}  {calls or 'no call'}  {outcome_of(beat)}"


def outcome_of(beat: BeatRecord) -> str:
    """The outcome, and its reason if there is one."""
    return beat.outcome + (f" ({_cut(beat.reason)})" if beat.reason else "")


def where(beat: BeatRecord) -> str | None:
    """The place that the observation names."""
    position = find_section(beat.observation, "position")
    place = position.get("place") or position.get("cell")
    return str(place) if place else None


def find_section(observation: dict[str, Any], name: str) -> dict[str, Any]:
    """A section of the observation, at its top or one level below (`bridge`); {} if there is none."""
    for holder in (observation, *(value for value in observation.values() if isinstance(value, dict))):
        if isinstance(section := holder.get(name), dict):
            return section
    return {}


def moment(time: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{time:%Y-%m-%d %H:%M:%S}Z"


def _short(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"
