"""Verifying and repairing an episode: whatever was cut or edited is found, and all else is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording.beats import beat, record
from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording import (
    BeatCall,
    CallOutcome,
    Decision,
    EpisodeWriter,
    read_episode,
    repair_episode,
    verify_episode,
)


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    return record(tmp_path)


def lines(episode: Path) -> list[bytes]:
    return (episode / "beats.jsonl").read_bytes().splitlines(keepends=True)


def write(episode: Path, changed: list[bytes]) -> None:
    (episode / "beats.jsonl").write_bytes(b"".join(changed))


def findings(episode: Path) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in verify_episode(episode)]


def test_an_episode_that_was_recorded_is_intact(episode: Path) -> None:
    assert findings(episode) == []
    assert repair_episode(episode).before is None


def test_an_episode_without_an_end_is_intact(tmp_path: Path) -> None:
    episode = record(tmp_path)
    write(episode, lines(episode)[:-1])
    assert findings(episode) == []


def test_an_edited_line_is_found_and_accepted_by_a_repair(episode: Path) -> None:
    write(episode, [line.replace(b"The road", b"The river") for line in lines(episode)])
    assert findings(episode) == [(2, "edited"), (3, "edited"), (4, "edited")]
    repair_episode(episode)
    assert findings(episode) == []
    decision = read_episode(episode).beats[0].decision
    assert decision is not None
    assert decision.text == "The river leads north."


def test_a_damaged_line_is_found_and_becomes_a_gap(episode: Path) -> None:
    head, first, second, *rest = lines(episode)
    write(episode, [head, first, second[:40] + b"\n", *rest])
    assert findings(episode) == [(3, "damaged")]
    repaired = repair_episode(episode)
    assert findings(episode) == []
    assert [one.beat for one in read_episode(episode).beats] == [1, 3]
    assert [gap.dropped for gap in read_episode(episode).gaps] == [1]
    assert repaired.before is not None
    assert second[:40] in repaired.before.read_bytes()


def test_a_removed_line_is_found(episode: Path) -> None:
    head, _, *rest = lines(episode)
    write(episode, [head, *rest])
    assert findings(episode) == [(2, "wrong_number")]


def test_lines_in_another_order_are_found(episode: Path) -> None:
    head, first, second, *rest = lines(episode)
    write(episode, [head, second, first, *rest])
    assert (3, "wrong_number") in findings(episode)


def test_a_missing_head_is_found_and_written_by_a_repair(episode: Path) -> None:
    write(episode, lines(episode)[1:])
    assert findings(episode) == [(1, "no_head")]
    repair_episode(episode)
    assert findings(episode) == []


def test_a_renamed_folder_is_found(episode: Path) -> None:
    renamed = episode.rename(episode.with_name("two"))
    assert findings(renamed) == [(1, "wrong_id")]
    repair_episode(renamed)
    assert findings(renamed) == []


@pytest.mark.parametrize(("change", "code"), [(None, "no_picture"), (b"other", "wrong_picture")])
def test_a_picture_that_is_gone_or_changed_is_found(episode: Path, change: bytes | None, code: str) -> None:
    picture = episode / "pictures" / "000002.jpg"
    picture.unlink()
    if change is not None:
        picture.write_bytes(change)
    assert findings(episode) == [(3, code)]
    repair_episode(episode)
    assert findings(episode) == []
    assert [one.picture is None for one in read_episode(episode).beats] == [False, True, False]


def test_a_picture_outside_the_episode_is_not_read(episode: Path) -> None:
    (episode.parent / "secret.jpg").write_bytes(b"x")
    write(episode, [line.replace(b"pictures/000001.jpg", b"../secret.jpg") for line in lines(episode)])
    assert findings(episode) == [(2, "edited"), (2, "no_picture")]


def test_a_picture_that_leads_in_a_circle_is_a_finding(episode: Path) -> None:
    picture = episode / "pictures" / "000002.jpg"
    picture.unlink()
    picture.symlink_to(picture)
    assert findings(episode) == [(3, "no_picture")]


def test_a_repair_that_is_killed_leaves_an_episode(episode: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(episode, [*lines(episode), b"{}\n"])
    before = (episode / "beats.jsonl").read_bytes()

    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(SystemExit):
        repair_episode(episode)
    assert (episode / "beats.jsonl").read_bytes() == before
    monkeypatch.undo()
    assert repair_episode(episode).before is not None
    assert findings(episode) == []


def test_calls_and_results_that_do_not_match_are_found(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    calls = (BeatCall(id="a", name="walk"), BeatCall(id="a", name="run"))
    writer.write(beat(1, decision=Decision(calls=calls), results=(CallOutcome(call_id="b"),), observation_hash="0"))
    writer.close("success")
    assert [code for _, code in findings(writer.episode)] == ["wrong_hash", "duplicate_call", "unknown_call"]
    repair_episode(writer.episode)
    assert findings(writer.episode) == []


def test_each_finding_names_its_line_and_a_remedy(episode: Path) -> None:
    write(episode, lines(episode)[1:])
    assert [str(one) for one in verify_episode(episode)] == [
        "line 1: no_head: the first line is not the episode's head: 'timmy-actors episodes repair' writes one"
    ]


def test_an_episode_being_recorded_is_not_repaired(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    with pytest.raises(EpisodesUnusableError, match="records into this folder"):
        repair_episode(writer.episode)
    writer.close("stopped")


def test_a_file_that_is_no_episode_is_all_findings_and_no_error(tmp_path: Path) -> None:
    episode = tmp_path / "one"
    episode.mkdir()
    for content in (b"", b"\n\n\n", b"\xff\xfe", b"[]\n", b"{" * 100_000 + b"\n", b"x" * 5_000_000 + b"\nx\n"):
        (episode / "beats.jsonl").write_bytes(content)
        assert findings(episode)
        repair_episode(episode)
        assert findings(episode) == []


@settings(max_examples=40)
@given(data=st.data())
def test_whatever_is_done_to_the_file_a_repaired_episode_is_intact(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    episode = record(tmp_path_factory.mktemp("episodes"), 3)
    content = bytearray((episode / "beats.jsonl").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 300))] = data.draw(st.binary(max_size=4))
    (episode / "beats.jsonl").write_bytes(content)
    before = read_episode(episode)
    repair_episode(episode)
    assert findings(episode) == []
    assert {one.beat for one in read_episode(episode).beats} <= {one.beat for one in before.beats}
