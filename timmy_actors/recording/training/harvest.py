"""Harvests training data from an episode: its pictures annotated by its perceptions, its dialogues and decisions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.protocol import Action, StrictModel
from timmy_actors.recording.describe import where
from timmy_actors.recording.playing import need_pillow
from timmy_actors.recording.records import BeatRecord
from timmy_actors.recording.summary import read_beats
from timmy_actors.recording.training.dialogues import harvest_dialogues
from timmy_actors.recording.training.models import AnnotatedPicture, Box, RecordedDecision, Source
from timmy_actors.recording.training.projection import Camera, View, project
from timmy_actors.recording.verify import picture_file

PICTURES, DIALOGUES, DECISIONS = "pictures", "dialogues", "decisions.jsonl"
EX_CANTCREAT = 73
MAX_TEXT = 1_000


@dataclass(frozen=True)
class Harvest:
    """What was written."""

    pictures: int
    dialogues: int
    decisions: int


def harvest_episode(
    episode: Path, target: Path, *, view: View, vertical_degrees: float, events: Sequence[dict[str, Any]] = ()
) -> Harvest:
    """Write the training data of an episode into the folder `target`, which must be new or empty.

    Raises:
        EpisodesUnusableError: the episode cannot be read, or the target cannot be written.
        ConfigError: Pillow is not installed.
    """
    need_pillow()
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise EpisodesUnusableError(f"{target}: is not empty: name a new folder", EX_CANTCREAT)
        return _harvest(episode, target, view, vertical_degrees, events)
    except OSError as error:
        reason = f"{target}: cannot be written ({error.strerror}): correct that, or name another folder"
        raise EpisodesUnusableError(reason, EX_CANTCREAT) from error


def _harvest(
    episode: Path, target: Path, view: View, vertical_degrees: float, events: Sequence[dict[str, Any]]
) -> Harvest:
    pictures, decisions, seen = 0, 0, list(events)
    with (target / DECISIONS).open("w", encoding="utf-8") as file:
        for beat in read_beats(episode):
            picture = _picture(episode, beat, target, view, vertical_degrees)
            pictures += picture is not None
            for decision in _decisions(episode, beat, picture):
                decisions += 1
                file.write(_dump(decision) + "\n")
            seen += [event for event in beat.observation.get("events") or () if isinstance(event, dict)]
    trees = harvest_dialogues(seen, read_beats(episode))
    for tree in trees:
        _write(target / DIALOGUES / f"{_file_name(tree.speaker)}.json", tree)
    return Harvest(pictures, len(trees), decisions)


def _picture(
    episode: Path, beat: BeatRecord, target: Path, view: View, vertical_degrees: float
) -> AnnotatedPicture | None:
    from PIL import Image  # noqa: PLC0415  checked by `harvest_episode`

    source = picture_file(episode, beat.picture)
    if source is None or beat.picture is None:
        return None
    with Image.open(source, formats=("JPEG",)) as image:
        width, height = image.size
    boxes = project(beat.observation, Camera(view, width, height, vertical_degrees))
    name = f"{episode.name}-{beat.beat:06d}"
    annotated = AnnotatedPicture(
        picture=f"{name}.jpg",
        sha256=beat.picture.sha256,
        width=width,
        height=height,
        caption=caption(beat, boxes, view),
        labels=(view,),
        boxes=boxes,
        source=Source(episode=episode.name, beat=beat.beat),
    )
    _write(target / PICTURES / f"{name}.json", annotated)
    shutil.copyfile(source, target / PICTURES / f"{name}.jpg")
    return annotated


def caption(beat: BeatRecord, boxes: Sequence[Box], view: View) -> str:
    """What is to be seen, in one sentence."""
    shown = ", ".join(f"{box.label} {box.ref_id}" for box in boxes[:8]) or "nobody and nothing near"
    what = "A map, north up" if view == "map" else "First person"
    return f"{what}, in {where(beat) or 'an unknown place'}: {shown}."[:MAX_TEXT]


def _decisions(episode: Path, beat: BeatRecord, picture: AnnotatedPicture | None) -> Iterator[RecordedDecision]:
    decision = beat.decision
    if decision is None or not decision.text.strip() or beat.outcome not in ("acted", "waited"):
        return
    call = decision.calls[0] if decision.calls else None
    yield RecordedDecision(
        see=picture.caption if picture is not None else caption(beat, (), "first-person"),
        think=decision.text.strip()[:MAX_TEXT],
        action=Action(action=call.name, params=call.arguments) if call is not None else None,
        picture=f"{PICTURES}/{picture.picture}" if picture is not None else None,
        source=Source(episode=episode.name, beat=beat.beat),
    )


def _write(path: Path, model: StrictModel) -> None:
    path.parent.mkdir(exist_ok=True)
    document = json.loads(model.model_dump_json(exclude_defaults=True))
    kind = {"kind": type(model).model_fields["kind"].default}
    path.write_text(json.dumps({**kind, **document}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _dump(decision: RecordedDecision) -> str:
    return decision.model_dump_json(exclude={"picture", "source"} if decision.picture is None else set())


def _file_name(speaker: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", speaker)[:80] or "_"
