"""Beats as vectors: which dimensions there are, and which beats follow from each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recording.beats import STORED_WITHIN_S
from tests.recording.journeys import BEATS, GAP_AT, journeys, step
from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording import (
    BeatCall,
    BeatRecord,
    Decision,
    EpisodeWriter,
    ExportFormat,
    ExportOptions,
    export_episodes,
)
from timmy_actors.recording.exports.frames import MOST_DIMENSIONS, MOST_TEXTS, Run, read_runs, survey
from timmy_actors.recording.exports.statistics import Pixels, Vectors


def write(folder: Path, *beats: BeatRecord) -> Path:
    writer = EpisodeWriter(folder, episode_id="one", meta={})
    for each in beats:
        writer.write(each)
    assert writer.flush(STORED_WITHIN_S)
    writer.close("stopped")
    return writer.episode


def changed(number: int, **fields: Any) -> BeatRecord:
    return step(number).model_copy(update=fields)


def calling(number: int, arguments: dict[str, Any]) -> BeatRecord:
    call = BeatCall(id="1", name="say", arguments=arguments)
    return changed(number, decision=Decision(calls=(call,)))


def runs_of(episode: Path) -> list[Run]:
    return list(read_runs([episode], survey([episode])))


def beats_of(runs: list[Run]) -> list[list[int]]:
    return [[frame.beat for frame in run.frames] for run in runs]


def test_the_layout_has_what_the_first_observation_has_and_every_choice_that_was_made(tmp_path: Path) -> None:
    layout = survey(list(journeys(tmp_path).values()))
    assert layout.state == ("x", "y")
    assert layout.actions == ("turn", "turn.by", "walk", "walk.direction=back", "walk.direction=forward")
    assert layout.has_pictures
    assert layout.rate_hz == pytest.approx(10.0)


def test_a_run_ends_at_a_lost_record_and_knows_how_its_episode_ended(tmp_path: Path) -> None:
    paths = journeys(tmp_path)
    (seen,), lost = runs_of(paths["seen"]), runs_of(paths["lost"])
    assert beats_of(lost) == [list(range(1, GAP_AT)), list(range(GAP_AT + 1, BEATS + 1))]
    assert [run.outcome for run in (seen, *lost)] == ["success", None, "stopped"]
    assert (seen.is_terminal, lost[-1].is_terminal) == (True, False)
    assert [frame.reward for frame in lost[-1].frames] == pytest.approx([0.0, 0.1, 0.1])
    assert seen.frames[1].action == (1.0, 30.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("third", "later", "after"),
    [
        ({"generation": 1}, {"generation": 1}, [3, 4, 5]),
        ({"boot": "another"}, {"boot": "another"}, [3, 4, 5]),
        ({"monotonic_s": 0.0}, {}, [3, 4, 5]),
        ({"decision": None}, {}, [4, 5]),
        ({"observation": {}, "observation_hash": ""}, {}, [4, 5]),
        ({"observation": {"position": {"x": "far"}}, "observation_hash": ""}, {}, [4, 5]),
    ],
    ids=["restored", "another world", "the machine restarted", "nothing decided", "nothing seen", "half seen"],
)
def test_a_run_ends_where_a_beat_does_not_follow_from_the_one_before(
    tmp_path: Path, third: dict[str, Any], later: dict[str, Any], after: list[int]
) -> None:
    episode = write(tmp_path, step(1), step(2), changed(3, **third), changed(4, **later), changed(5, **later))
    assert beats_of(runs_of(episode)) == [[1, 2], after]


def test_free_texts_and_what_no_float_can_hold_have_no_dimension(tmp_path: Path) -> None:
    many = [
        calling(number, {"text": f"line {number}", "loud": True, "to": "all"}) for number in range(1, MOST_TEXTS + 3)
    ]
    odd = calling(MOST_TEXTS + 3, {"text": "x", "far": 10**400, "list": [1], "in": {"depth": 2}, "none": None})
    episode = write(tmp_path, *many, odd)
    assert survey([episode]).actions == ("say", "say.in.depth", "say.loud", "say.to=all")
    assert runs_of(episode)[0].frames[-1].action == (1.0, 2.0, 0.0, 0.0)


def test_what_cannot_be_vectors_is_refused_with_what_to_do(tmp_path: Path) -> None:
    wide = calling(1, {f"n{number}": number for number in range(MOST_DIMENSIONS)})
    with pytest.raises(EpisodesUnusableError, match="1025 dimensions, over 1024: export fewer"):
        survey([write(tmp_path / "wide", wide)])
    with pytest.raises(EpisodesUnusableError, match="no beat has both"):
        survey([write(tmp_path / "blind", changed(1, decision=None))])
    with pytest.raises(EpisodesUnusableError, match="no decision calls a tool"):
        survey([write(tmp_path / "idle", changed(1, decision=Decision(text="No.")))])


@pytest.mark.parametrize(("kind", "module"), [("lerobot", "pyarrow"), ("minari", "minari")])
def test_without_its_library_a_format_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: ExportFormat, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    episodes = list(journeys(tmp_path / "episodes").values())
    with pytest.raises(ConfigError, match=rf"pip install 'timmy_actors\[{kind}\]'"):
        export_episodes(episodes, tmp_path / "data", ExportOptions(kind))


def test_the_statistics_are_those_of_each_dimension() -> None:
    vectors = Vectors()
    for value in (1.0, 2.0, 6.0):
        vectors.add((value, -value))
    result = vectors.result()
    assert (result["min"], result["max"], result["count"]) == ([1.0, -6.0], [6.0, -1.0], [3])
    assert result["mean"] == pytest.approx([3.0, -3.0])
    assert result["std"] == pytest.approx([(14 / 3) ** 0.5] * 2)
    pixels, histogram = Pixels(), [0] * 768
    histogram[0] = histogram[255] = histogram[256 + 51] = histogram[512] = 1
    histogram[256 + 51] = histogram[512] = 2
    pixels.add(histogram)
    shaped = pixels.result()
    assert shaped["mean"] == [[[0.5]], [[0.2]], [[0.0]]]
    assert shaped["std"] == [[[0.5]], [[0.0]], [[0.0]]]
    assert (shaped["max"], shaped["count"]) == ([[[1.0]], [[0.2]], [[0.0]]], [1])
