"""Rows of messages and images: a row per decision.

Only what a row needs is validated and converted: reading whole `BeatRecord`s would take twice as long as the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from timmy_actors.recording.exports.images import IMAGES, Images, Row
from timmy_actors.recording.exports.texts import answer_text, to_json
from timmy_actors.recording.lines import MAX_LINE_BYTES
from timmy_actors.recording.records import BeatOutcome, Phase, Picture, Role
from timmy_actors.recording.summary import read_raw


class _Message(TypedDict):
    role: Role
    content: Annotated[str, Field(validation_alias="text")]


class _Call(TypedDict):
    name: str
    arguments: NotRequired[dict[str, Any]]


class _Decision(TypedDict):
    text: NotRequired[str]
    calls: NotRequired[list[_Call]]


class _Beat(TypedDict):
    """What a row needs of a `BeatRecord`, as it is stored: members with their default value are missing."""

    kind: Literal["beat"]
    beat: int
    phase: NotRequired[Phase]
    game_ms: NotRequired[int | None]
    prompt: NotRequired[list[_Message]]
    decision: NotRequired[_Decision | None]
    outcome: BeatOutcome
    score: NotRequired[float | None]
    picture: NotRequired[Picture | None]


class _Observed(TypedDict):
    observation: NotRequired[dict[str, Any]]


_BEAT = TypeAdapter(_Beat)
_OBSERVED = TypeAdapter(_Observed)


def message_rows(episodes: Sequence[Path], images: Images) -> Iterator[Row]:
    """A row per decision: the prompt, the answer, and what came of it. Every row has the same keys."""
    for episode in episodes:
        name = episode.name
        for beat in _beats(episode):
            decision, picture = beat.get("decision"), beat.get("picture")
            if decision is not None:
                yield {
                    "messages": [*beat["prompt"], _answer(decision)],
                    IMAGES: images.paths(episode, picture) if picture is not None else [],
                    "episode": name,
                    "beat": beat["beat"],
                    "outcome": beat["outcome"],
                    "score": beat.get("score"),
                    "game_ms": beat.get("game_ms"),
                    "phase": beat.get("phase", "autonomous"),
                }


def _beats(episode: Path) -> Iterator[_Beat]:
    for raw in read_raw(episode):
        if len(raw) <= MAX_LINE_BYTES + 1:
            try:
                beat = _BEAT.validate_json(raw)
                beat["prompt"] = beat.get("prompt") or _observed(raw)
            except ValidationError:  # another line, or a damaged one: `verify_episode` finds it
                continue
            yield beat


def _observed(raw: bytes) -> list[_Message]:
    """Without a prompt, the observation is the prompt."""
    observation = _OBSERVED.validate_json(raw).get("observation", {})
    return [{"role": "user", "content": to_json(observation)}]


def _answer(decision: _Decision) -> dict[str, str]:
    calls = ((call["name"], call.get("arguments", {})) for call in decision.get("calls", ()))
    return {"role": "assistant", "content": answer_text(decision.get("text", ""), calls)}
