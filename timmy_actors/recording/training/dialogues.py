"""Dialogue trees from what happened: choices in dialogues, topics that opened, and the server's questions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from timmy_actors.recording.records import BeatRecord
from timmy_actors.recording.training.models import Choice, DialogueLine, DialogueTree

SERVER = "server"
"""The speaker of the server's own questions (the commands `ask`, `ask_choice`, `ask_text`)."""
QUESTIONS = {"ask": "buttons", "ask_choice": "choices", "ask_text": ""}
MAX_TEXT = 1_000


def harvest_dialogues(events: Iterable[dict[str, Any]], beats: Iterable[BeatRecord]) -> list[DialogueTree]:
    """The trees, one per speaker.

    Args:
        events: with `event` and `data`, in order: `dialogue_choice` and `topics`.
        beats: with the questions that were asked, and their answers.
    """
    trees: dict[str, dict[str, DialogueLine]] = {}
    talking: tuple[str, str] | None = None
    for event in events:
        match event:
            case {"event": "dialogue_choice", "data": dict(data)}:
                for speaker, topic in _choices(data):
                    talking = speaker, topic
                    _add(trees.setdefault(speaker, {}), DialogueLine(id=topic, topic=topic))
            case {"event": "topics", "data": {"topics": list(topics)}} if talking is not None:
                _open(trees[talking[0]], talking[1], [topic for topic in topics if isinstance(topic, str) and topic])
    for line in _questions(beats):
        _add(trees.setdefault(SERVER, {}), line)
    return [DialogueTree(speaker=speaker, lines=tuple(lines.values())) for speaker, lines in trees.items()]


def _choices(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for talker in data.get("objects", ()):
        if isinstance(talker, dict) and talker.get("ref_id"):
            yield str(talker["ref_id"]), str(talker.get("topic") or talker.get("choice") or "greeting")


def _open(lines: dict[str, DialogueLine], topic: str, opened: list[str]) -> None:
    line = lines[topic]
    lines[topic] = line.model_copy(update={"opens": tuple(dict.fromkeys([*line.opens, *opened]))})


def _questions(beats: Iterable[BeatRecord]) -> Iterator[DialogueLine]:
    for beat in beats:
        results = {result.call_id: result for result in beat.results}
        for call in beat.decision.calls if beat.decision is not None else ():
            text, result = call.arguments.get("text"), results.get(call.id)
            if (
                call.name not in QUESTIONS
                or not isinstance(text, str)
                or not text.strip()
                or result is None
                or not result.ok
            ):
                continue
            answer = result.value if isinstance(result.value, dict) else {}
            options = call.arguments.get(QUESTIONS[call.name])
            offered = [str(one) for one in options if str(one)] if isinstance(options, list) else []
            answered = str(answer.get("choice") or answer.get("text") or "")[:MAX_TEXT]
            texts = dict.fromkeys([*offered, *([answered] if answered else [])])
            choices = tuple(Choice(text=one, chosen=int(one == answered)) for one in texts)
            yield DialogueLine(id=text.strip()[:100].splitlines()[0], topic=text[:MAX_TEXT], choices=choices)


def _add(lines: dict[str, DialogueLine], line: DialogueLine) -> None:
    known = lines.get(line.id)
    if known is None:
        lines[line.id] = line
        return
    counts = {choice.text: choice for choice in known.choices}
    for choice in line.choices:
        before = counts.get(choice.text)
        total = choice.chosen + (before.chosen if before is not None else 0)
        counts[choice.text] = choice.model_copy(update={"chosen": total})
    lines[line.id] = known.model_copy(update={"choices": tuple(counts.values())})
