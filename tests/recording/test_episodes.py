"""Listing, reading pages of, describing and animating episodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from tests.recording.beats import beat, record
from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording import (
    Decision,
    EpisodeLimits,
    EpisodeWriter,
    Override,
    animate,
    as_text,
    describe_beat,
    describe_summary,
    find_episode,
    list_episodes,
    read_beats,
    read_last,
)


def test_the_list_names_beats_outcome_and_goal(tmp_path: Path) -> None:
    record(tmp_path, 3)
    (summary,) = list_episodes(tmp_path)
    assert (summary.id, summary.beats, summary.outcome) == ("one", 3, "success")
    assert describe_summary(summary).endswith("3 beats  success     Go north.")


def test_the_list_shows_a_damaged_episode(tmp_path: Path) -> None:
    (record(tmp_path, 2) / "beats.jsonl").write_bytes(b"damaged\n")
    (summary,) = list_episodes(tmp_path)
    assert (summary.started, summary.beats, summary.outcome) == (None, 0, None)


def test_an_unknown_episode_is_refused(tmp_path: Path) -> None:
    for name in ("two", "../one", ""):
        with pytest.raises(EpisodesUnusableError, match="no episode"):
            find_episode(tmp_path, name)


def test_a_page_starts_after_any_beat(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    for number in range(1, 301):
        writer.write(beat(number, reason="x" * 1_000))
        writer.flush(60)
    writer.close("success")
    for after in (0, 1, 77, 150, 298, 299, 300, 1_000):
        assert [one.beat for one in read_beats(writer.episode, after)] == list(range(after + 1, 301))


def test_the_last_beats_are_read_without_those_before(tmp_path: Path) -> None:
    folder = record(tmp_path, 300, limits=EpisodeLimits(pending=300))
    assert [each.beat for each in read_last(folder, 5)] == list(range(296, 301))
    assert [each.beat for each in read_last(folder, 1_000)] == list(range(1, 301))
    (folder / "beats.jsonl").write_bytes((folder / "beats.jsonl").read_bytes()[:-300] + b"{")
    assert [each.beat for each in read_last(folder, 2)] == [298, 299]
    with pytest.raises(EpisodesUnusableError):
        read_last(tmp_path / "none", 1)


def test_a_beat_is_described_with_both_choices(tmp_path: Path) -> None:
    mine = Decision(text="Turn back.", by="human")
    override = Override(policy=Decision(text="Go on.", by="openai"), human=mine)
    lines = describe_beat(beat(1, decision=mine, override=override, phase="correcting"))
    assert lines[0].startswith("beat 1  2026-11-30 12:00:01Z  correcting, 0.000 s, score 0.10: acted")
    assert "  Turn back." in lines
    assert "  instead of the policy's: Go on." in lines


@pytest.mark.parametrize("name", ["film.gif", "film.webp"])
def test_an_animation_has_a_frame_per_beat(tmp_path: Path, name: str) -> None:
    episode = record(tmp_path / "episodes", 3)
    (episode / "pictures" / "000002.jpg").unlink()  # drawn as a map instead
    assert animate(episode, read_beats(episode), tmp_path / name) == 3
    with Image.open(tmp_path / name) as image:
        assert len(list(ImageSequence.all_frames(image))) == 3


@pytest.mark.parametrize(
    "observation",
    [
        {"position": {"x": 10**400, "y": -1e308}, "nearby_actors": {"actors": [{"x": 1e308, "y": 5}, "nobody", {}]}},
        {"position": {"yaw": "north"}, "nearby_actors": {"actors": 5}},
    ],
)
def test_an_observation_that_was_edited_by_hand_is_drawn_all_the_same(
    tmp_path: Path, observation: dict[str, Any]
) -> None:
    assert animate(tmp_path, [beat(1, observation=observation)], tmp_path / "film.gif") == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff damaged"])
def test_what_is_no_picture_is_not_shown_as_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.jpg").write_bytes(content)
    with pytest.raises(OSError, match=r"one\.jpg"):
        as_text(tmp_path / "one.jpg", 10)


def test_an_animation_in_another_format_is_refused(tmp_path: Path) -> None:
    episode = record(tmp_path)
    with pytest.raises(ConfigError, match=r"ends with \.gif or \.webp"):
        animate(episode, read_beats(episode), tmp_path / "film.mp4")


def test_a_picture_as_text_has_two_pixels_per_character(tmp_path: Path) -> None:
    episode = record(tmp_path, 1)
    rows = as_text(episode / "pictures" / "000001.jpg", 8)
    assert len(rows) == 3
    assert all(row.count("\N{UPPER HALF BLOCK}") == 8 for row in rows)
