"""Rows for trainers: preference pairs (DPO), and labelled answers (KTO)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from timmy_actors.recording.exports.images import IMAGES, Images, Row
from timmy_actors.recording.exports.texts import decision_text, prompt_messages
from timmy_actors.recording.records import BeatRecord, Decision, EpisodeOutcome
from timmy_actors.recording.summary import read_beats, read_end


def pair_rows(episodes: Sequence[Path], images: Images) -> Iterator[Row]:
    """Preference pairs: a person's choice over the policy's, and the better of two decisions in one situation.

    A situation is a saved state that both started from, or else the same observation with the same prompt. The better
    decision is of the episode that succeeded where the other failed, or of the beat with the higher score.
    """
    situations: defaultdict[str, list[tuple[Path, BeatRecord, EpisodeOutcome | None]]] = defaultdict(list)
    for episode in episodes:
        outcome = read_end(episode)
        for beat in read_beats(episode):
            if beat.override is not None:
                row = _pair(beat, beat.override.human, beat.override.policy)
                yield from _placed(row, episode, beat, "override", images)
            elif beat.decision is not None:
                situations[_situation(beat)].append((episode, _without_observation(beat), outcome))
    for alternatives in situations.values():
        yield from _compared(alternatives, images)


def label_rows(episodes: Sequence[Path], images: Images) -> Iterator[Row]:
    """Answers with a label: what a person chose, and what was done in an episode that succeeded, are good; what a
    person replaced, what was refused, and what was done in an episode that failed are not."""
    for episode in episodes:
        outcome = read_end(episode)
        for beat in read_beats(episode):
            for decision, label, source in _labelled(beat, outcome):
                row = {"prompt": prompt_messages(beat), "completion": [_answer(decision)], "label": label}
                yield from _placed(row, episode, beat, source, images)


def _labelled(beat: BeatRecord, outcome: EpisodeOutcome | None) -> Iterator[tuple[Decision, bool, str]]:
    if beat.override is not None:
        yield beat.override.human, True, "override"
        yield beat.override.policy, False, "override"
    elif beat.decision is not None and beat.outcome == "refused":
        yield beat.decision, False, "refused"
    elif beat.decision is not None and outcome in ("success", "failure"):
        yield beat.decision, outcome == "success", "outcome"


def _situation(beat: BeatRecord) -> str:
    if beat.state is not None:
        return f"state {beat.state}"
    return json.dumps([beat.observation_hash, prompt_messages(beat)])


def _compared(alternatives: list[tuple[Path, BeatRecord, EpisodeOutcome | None]], images: Images) -> Iterator[Row]:
    ranked = sorted(alternatives, key=lambda each: _worth(each[1], each[2]), reverse=True)
    best_episode, best, best_outcome = ranked[0]
    for _, beat, outcome in ranked[1:]:
        if _is_better(best, best_outcome, beat, outcome):
            source = "fork" if best.state is not None else "outcome"
            assert best.decision is not None  # noqa: S101  as `pair_rows` chose
            assert beat.decision is not None  # noqa: S101  as `pair_rows` chose
            yield from _placed(_pair(best, best.decision, beat.decision), best_episode, best, source, images)


def _worth(beat: BeatRecord, outcome: EpisodeOutcome | None) -> tuple[int, float]:
    return {"success": 1, "failure": -1}.get(outcome or "", 0), beat.score or 0.0


def _is_better(
    one: BeatRecord, one_outcome: EpisodeOutcome | None, other: BeatRecord, other_outcome: EpisodeOutcome | None
) -> bool:
    if one_outcome == "success" and other_outcome == "failure":
        return True
    same_outcome = one_outcome == other_outcome
    return same_outcome and one.score is not None and other.score is not None and one.score > other.score


def _without_observation(beat: BeatRecord) -> BeatRecord:
    """What a pair needs of a beat: all beats of all episodes are held in memory to be compared."""
    return beat.model_copy(update={"observation": {}}) if beat.prompt else beat


def _pair(beat: BeatRecord, chosen: Decision, rejected: Decision) -> Row | None:
    if decision_text(chosen) == decision_text(rejected):
        return None
    return {"prompt": prompt_messages(beat), "chosen": [_answer(chosen)], "rejected": [_answer(rejected)]}


def _placed(row: Row | None, episode: Path, beat: BeatRecord, source: str, images: Images) -> Iterator[Row]:
    """A row with its picture, and where it comes from."""
    if row is not None:
        paths = images.paths(episode, beat.picture)
        yield {**row, IMAGES: paths, "source": source, "episode": episode.name, "beat": beat.beat}


def _answer(decision: Decision) -> dict[str, str]:
    return {"role": "assistant", "content": decision_text(decision)}
