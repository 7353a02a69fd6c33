"""What a crash leaves: the state file, and where an episode goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S
from timmy_actors.heartbeat import CoreOptions, HeartbeatOptions, PolicyFacts
from timmy_actors.heartbeat.effects import Intention
from timmy_actors.heartbeat.episode_log import EpisodeLog
from timmy_actors.heartbeat.resuming import Resumption, resume
from timmy_actors.heartbeat.state_file import NAMES, State, StateFile
from timmy_actors.protocol import ErrorInfo, JournalEntry
from timmy_actors.recording import (
    BeatCall,
    BeatRecord,
    CallOutcome,
    Decision,
    EpisodeWriter,
    Usage,
    read_episode,
    verify_episode,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
USED = Usage(prompt_tokens=900, completion_tokens=7, cost=0.5)


def intention(beat: int, *tools: str) -> Intention:
    calls = [
        BeatCall(id=str(n + 1), name=tool, command_id=None if tool == "wait" else f"e-{beat}-{n}")
        for n, tool in enumerate(tools)
    ]
    return Intention(beat=beat, phase="autonomous", decision=Decision(calls=tuple(calls), by="model"))


def record(beat: int) -> BeatRecord:
    return BeatRecord(beat=beat, time=NOW, outcome="acted", results=(CallOutcome(call_id="1", value={}),))


def entry(command_id: str, state: str, **fields: Any) -> JournalEntry:
    whole = {"client": "c", "id": command_id, "name": "walk", "arguments": {}, "state": state, "accepted_at": NOW}
    settled = None if state in ("accepted", "sent") else NOW
    where = {"boot": "b", "accepted_ms": 0, "deadline_ms": 0, "due": 0.0, "settled_at": settled}
    return JournalEntry.model_validate({**whole, **where, **fields})


def resumed(intended: Intention | None, *entries: JournalEntry, beats: int = 4, journaled: bool = True) -> Resumption:
    state = State(episode="e", phase="autonomous", intention=intended)
    known = {each.id: each for each in entries}
    return resume(state, [record(n) for n in range(1, beats + 1)], known.get if journaled else None, NOW)


def test_an_episode_whose_beats_are_all_recorded_goes_on_with_the_next() -> None:
    for intended in (None, intention(4, "walk")):
        resumption = resumed(intended)
        assert (resumption.next_beat, resumption.recovered, len(resumption.lines)) == (5, None, 4)


def test_an_action_that_the_journal_has_done_is_recorded_as_done() -> None:
    resumption = resumed(intention(5, "walk"), entry("e-5-0", "done", value={"x": 1}))
    assert resumption.recovered is not None
    assert (resumption.next_beat, resumption.settled, resumption.recovered.beat, resumption.recovered.outcome) == (
        6,
        True,
        5,
        "acted",
    )
    assert resumption.recovered.results[0].value == {"x": 1}
    assert resumption.recovered.reason == "the daemon ended during this beat"
    assert resumption.lines[-1].startswith("beat 5: walk {} -> acted")


def test_an_action_that_the_journal_does_not_know_was_not_started() -> None:
    resumption = resumed(intention(5, "walk", "turn"))
    assert resumption.recovered is not None
    assert [result.error.code for result in resumption.recovered.results if result.error] == [
        "not_started",
        "not_started",
    ]
    assert resumption.recovered.outcome == "failed"


def test_an_action_that_failed_has_its_reason_and_the_later_ones_were_not_started() -> None:
    error = ErrorInfo(code="game_refused", message="no")
    resumption = resumed(
        intention(5, "walk", "turn"), entry("e-5-0", "failed", error=error), entry("e-5-1", "done", value={})
    )
    assert resumption.recovered is not None
    assert [result.error.code for result in resumption.recovered.results if result.error] == [
        "game_refused",
        "not_started",
    ]


def test_an_action_that_is_still_under_way_is_awaited() -> None:
    assert not resumed(intention(5, "walk"), entry("e-5-0", "sent")).settled


@pytest.mark.parametrize(("tool", "journaled"), [("walk", False), ("execute_action", True)])
def test_what_is_not_journaled_is_in_doubt(tool: str, *, journaled: bool) -> None:
    resumption = resumed(intention(5, tool), journaled=journaled)
    assert resumption.recovered is not None
    assert resumption.recovered.outcome == "in_doubt"
    assert resumption.settled


def test_a_lost_record_before_the_last_beat_leaves_its_number_unused() -> None:
    assert resumed(intention(6, "walk"), entry("e-6-0", "done", value={}), beats=4).next_beat == 7


def options(folder: Path) -> HeartbeatOptions:
    core = CoreOptions(policies=(PolicyFacts("script"),))
    return HeartbeatOptions(core, (None,), "Timmy", "bridge", commands=(), folder=folder, journal=None)


@contextmanager
def killed(folder: Path, intended: int, *stored: int) -> Iterator[EpisodeLog]:
    """The log of a heartbeat that was killed after these records were stored, while it did what it had intended."""
    folder.mkdir()
    writer = EpisodeWriter(folder, episode_id="e", meta={})
    for number in stored:
        writer.write(record(number).model_copy(update={"results": ()}))
    assert writer.flush(PATIENCE_S)
    file = StateFile(folder)
    file.write(State(episode="e", phase="autonomous", intention=intention(intended, "walk"), used=USED))
    file.close()
    whole = (folder / "e" / "beats.jsonl").read_bytes()
    writer.close("stopped")
    (folder / "e" / "beats.jsonl").write_bytes(whole)
    log = EpisodeLog(options(folder))
    yield log
    log.close("stopped", None)


def test_what_a_second_kill_loses_is_recovered_again(tmp_path: Path) -> None:
    folder = tmp_path / "episodes"
    with killed(folder, 2, 1) as log:
        before = (folder / "e" / "beats.jsonl").read_bytes()
        assert log.open().next_beat == 3
        state = StateFile(folder).read()
        assert state is not None
        log.close("stopped", None)
        (folder / "e" / "beats.jsonl").write_bytes(before)  # the recovered record was not stored yet
        file = StateFile(folder)
        file.write(state)
        file.close()
        opened = log.open()
        assert (opened.next_beat, opened.feedback is not None) == (3, True)


def test_records_that_a_killed_process_did_not_store_leave_a_gap(tmp_path: Path) -> None:
    with killed(tmp_path / "episodes", 5, 1, 2) as log:
        assert log.open().next_beat == 6
    episode = read_episode(tmp_path / "episodes" / "e")
    assert ([each.beat for each in episode.beats], [gap.dropped for gap in episode.gaps]) == ([1, 2, 5], [2])
    assert list(verify_episode(episode.folder)) == []


def test_a_long_episode_is_resumed_from_its_end_with_what_it_has_used(tmp_path: Path) -> None:
    with killed(tmp_path / "episodes", 41, *range(1, 41)) as log:
        opened = log.open()
        assert (opened.next_beat, opened.used) == (42, USED)
        assert [line.partition(":")[0] for line in opened.lines] == [f"beat {number}" for number in range(21, 42)]
        spent = Usage(prompt_tokens=1_000, completion_tokens=8, cost=0.6)
        log.write(record(42), None, spent)  # nothing was to be done, so that there was no intention
        state = StateFile(tmp_path / "episodes").read()
        assert state is not None
        assert state.used == spent


def test_an_episode_that_had_ended_when_the_process_was_killed_is_not_resumed(tmp_path: Path) -> None:
    with killed(tmp_path / "episodes", 1, 1) as log:
        EpisodeWriter(tmp_path / "episodes", episode_id="e", meta={}).close("success")
        assert not log.can_resume
        assert log.open().episode != "e"


def test_the_state_file_keeps_the_last_state(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    assert file.read() is None
    for beat in range(5):
        file.write(State(episode="e" * (20 - beat), phase="paused", intention=intention(beat, "walk")))
    file.close()
    state = StateFile(tmp_path).read()
    assert state is not None
    assert (state.episode, state.phase, state.number) == ("e" * 16, "paused", 5)
    file.remove()
    assert StateFile(tmp_path).read() is None
    assert list(tmp_path.iterdir()) == []


def test_a_state_that_a_kill_has_torn_leaves_the_one_before(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = StateFile(tmp_path)
    for beat in range(4):
        file.write(State(episode="e", phase="autonomous", intention=intention(beat, "walk")))
    file.close()
    torn = tmp_path / NAMES[0]
    torn.write_bytes(torn.read_bytes()[:40] + b"\n")
    with caplog.at_level(logging.WARNING):
        state = StateFile(tmp_path).read()
    assert state is not None
    assert state.intention is not None
    assert state.intention.beat == 2
    assert "its checksum is wrong" in caplog.text
    later = StateFile(tmp_path)
    later.read()
    later.write(State(episode="f", phase="paused"))
    later.close()
    after = StateFile(tmp_path).read()
    assert after is not None
    assert after.episode == "f"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"00000000 {}\n", b"zzz {}\n"])
def test_a_damaged_state_file_is_no_state(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAMES[0]).write_bytes(content)
    assert StateFile(tmp_path).read() is None
