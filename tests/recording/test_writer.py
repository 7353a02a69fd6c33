"""Writing an episode: nothing is lost by a kill, a full disk is reported, and no secret is stored."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.disks import small_disk
from tests.recording.beats import STORED_WITHIN_S, beat, picture, record
from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording import (
    EpisodeLimits,
    EpisodeWriter,
    PromptMessage,
    hash_observation,
    read_episode,
    verify_episode,
)

ENDLESS = """
import sys
from pathlib import Path
from tests.recording.beats import beat, picture
from timmy_actors.recording import EpisodeWriter
writer = EpisodeWriter(Path(sys.argv[1]), episode_id="killed", meta={})
for number in range(1, 1_000_000):
    writer.write(beat(number), picture())
    writer.flush(60)
    print(number, flush=True)
"""
TOKEN = "correct-horse-battery-staple"


def fill(path: Path) -> None:
    """Write a file until its disk is full."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_an_episode_is_read_as_it_was_written(tmp_path: Path) -> None:
    episode = read_episode(record(tmp_path))
    assert episode.head is not None
    assert episode.head.meta == {"goal": "Go north."}
    assert [one.model_copy(update={"picture": None}) for one in episode.beats] == [beat(1), beat(2), beat(3)]
    assert episode.end is not None
    assert (episode.end.outcome, episode.end.beats) == ("success", 3)


def test_each_beat_names_its_picture_and_the_pictures_hash(tmp_path: Path) -> None:
    folder = record(tmp_path)
    for one in read_episode(folder).beats:
        assert one.picture is not None
        assert hashlib.sha256((folder / one.picture.path).read_bytes()).hexdigest() == one.picture.sha256


def test_a_png_is_stored_as_jpeg(tmp_path: Path) -> None:
    source = tmp_path / "capture.png"
    source.write_bytes(picture(kind="PNG"))
    writer = EpisodeWriter(tmp_path / "episodes", episode_id="one", meta={})
    writer.write(beat(1), source)
    writer.close("success")
    assert (writer.episode / "pictures" / "000001.jpg").read_bytes().startswith(b"\xff\xd8\xff")


def test_a_missing_picture_loses_no_record_and_is_reported(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    writer.write(beat(1), tmp_path / "gone.jpg")
    assert writer.flush(STORED_WITHIN_S)
    assert writer.status.written == 1
    assert writer.status.fault is not None
    writer.write(beat(2), picture())
    writer.close("success")
    assert writer.status.fault is None
    assert [one.picture is None for one in read_episode(writer.episode).beats] == [True, False]


def test_a_killed_process_loses_at_most_the_record_it_was_writing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 20:
                process.send_signal(signal.SIGKILL)
                break
        printed = [20, *map(int, process.stdout)]
    episode = read_episode(tmp_path / "killed")
    assert episode.end is None
    assert [one.beat for one in episode.beats][: printed[-1]] == list(range(1, printed[-1] + 1))


@pytest.mark.parametrize(("missing", "left"), [(1, [1, 2, 3]), (7, [1, 2, 3]), (200, [1, 2])])
def test_an_episode_cut_at_its_end_is_continued_after_its_last_whole_record(
    tmp_path: Path, missing: int, left: list[int]
) -> None:
    folder = record(tmp_path)
    file = folder / "beats.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-missing])
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    writer.write(beat(4))
    writer.close("success")
    episode = read_episode(folder)
    assert (episode.damaged, [one.beat for one in episode.beats]) == (0, [*left, 4])


def test_an_episode_is_readable_wherever_it_is_cut(tmp_path: Path) -> None:
    folder = record(tmp_path, 2)
    file = folder / "beats.jsonl"
    whole = file.read_bytes()
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(0, len(whole), 13):
        file.write_bytes(whole[:cut])
        complete = sum(end <= cut for end in ends)
        assert len(read_episode(folder).beats) == min(2, max(0, complete - 1))


def test_a_second_writer_in_the_folder_is_refused_with_the_firsts_number(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    with pytest.raises(EpisodesUnusableError, match=f"process {os.getpid()} records into this folder") as refused:
        EpisodeWriter(tmp_path, episode_id="two", meta={})
    assert refused.value.exit_code == 75
    writer.close("stopped")
    EpisodeWriter(tmp_path, episode_id="two", meta={}).close("stopped")


@pytest.mark.parametrize("episode_id", ["", "..", "a/b", ".hidden", "x" * 129])
def test_an_id_that_is_no_name_of_a_folder_is_refused(tmp_path: Path, episode_id: str) -> None:
    with pytest.raises(EpisodesUnusableError, match="an id has 1 to 128"):
        EpisodeWriter(tmp_path, episode_id=episode_id, meta={})


def test_a_full_disk_is_reported_and_leaves_a_gap_where_records_are_missing(tmp_path: Path) -> None:
    with small_disk(tmp_path, 256) as disk:
        writer = EpisodeWriter(disk / "episodes", episode_id="one", meta={})
        writer.write(beat(1))
        assert writer.flush(STORED_WITHIN_S)
        filler = disk / "filler"
        fill(filler)
        for number in range(2, 12):
            writer.write(beat(number))
        assert writer.flush(STORED_WITHIN_S)
        assert writer.status.fault is not None
        assert (writer.status.fault.code, "make room" in writer.status.fault.message) == ("no_space", True)
        dropped = writer.status.dropped
        filler.unlink()
        writer.write(beat(12))
        writer.close("success")
        assert writer.status.fault is None
        episode = read_episode(writer.episode)
    assert (episode.damaged, [gap.dropped for gap in episode.gaps]) == (0, [dropped])
    assert [one.beat for one in episode.beats] == [*range(1, 12 - dropped), 12]


def test_a_disk_that_stands_still_holds_up_no_beat(tmp_path: Path) -> None:
    pipe = tmp_path / "capture"
    os.mkfifo(pipe)  # reading it waits until it is opened for writing, as a dead network disk does
    writer = EpisodeWriter(tmp_path / "episodes", episode_id="one", meta={}, limits=EpisodeLimits(pending=4))
    writer.write(beat(1), pipe)
    with pipe.open("wb") as file:  # waits until the writer reads it
        for number in range(2, 100):
            writer.write(beat(number))
        file.write(picture())
    assert writer.flush(STORED_WITHIN_S)
    writer.write(beat(100))
    writer.close("success")
    episode = read_episode(writer.episode)
    assert [gap.code for gap in episode.gaps] == ["slow_disk"]
    assert sum(gap.dropped for gap in episode.gaps) + len(episode.beats) == 100


def test_no_thread_is_left_after_the_end(tmp_path: Path) -> None:
    record(tmp_path)
    assert "episode writer" not in {thread.name for thread in threading.enumerate()}


def test_a_record_that_is_too_large_is_dropped_alone(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    writer.write(beat(1, reason="x" * 5_000_000))
    writer.write(beat(2))
    writer.close("success")
    episode = read_episode(writer.episode)
    assert ([gap.code for gap in episode.gaps], [one.beat for one in episode.beats]) == (["too_large"], [2])


def test_the_oldest_episodes_are_deleted_first(tmp_path: Path) -> None:
    for number, name in enumerate(("a", "b", "c")):
        os.utime(record(tmp_path, 1, name) / "beats.jsonl", (number, number))
    record(tmp_path, 1, "d", limits=EpisodeLimits(keep=2))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["c", "d"]


def test_the_current_episode_stops_at_the_budget(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={}, limits=EpisodeLimits(folder_bytes=4_000))
    for number in range(1, 50):
        writer.write(beat(number))
    assert writer.flush(STORED_WITHIN_S)
    assert writer.status.fault is not None
    assert writer.status.fault.code == "budget"
    writer.close("budget")
    assert (writer.episode / "beats.jsonl").stat().st_size < 8_000


@pytest.mark.parametrize(
    "text",
    [
        f"the token is {TOKEN}",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "https://host.example/v1?key=abcdefghijklmno&x=1",
        "export OPENAI_API_KEY=sk-abcdefghijklmnopqrstuvwxyz",
        "ghp_abcdefghijklmnopqrstuvwxyz0123",
    ],
)
def test_a_secret_in_a_text_is_not_stored(tmp_path: Path, text: str) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={"note": text}, secrets=[TOKEN])
    writer.write(beat(1, reason=text, observation={"chat": [text], "api_key": "abc", "tokens": 5}))
    writer.close("success")
    stored = (writer.episode / "beats.jsonl").read_text()
    assert "abcdefghijklmno" not in stored
    assert TOKEN not in stored
    episode = read_episode(writer.episode)
    assert episode.beats[0].observation["api_key"] == "[redacted]"
    assert episode.beats[0].observation["tokens"] == 5


def test_a_secret_in_a_prompt_that_quotes_an_observation_is_not_stored(tmp_path: Path) -> None:
    observation = {"api_key": "abc def", "topics": ["little secret", "desk-with-many-drawers-in-it"], "tokens": 5}
    quoted = f"What is perceived now:\n{json.dumps(observation)}"
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    writer.write(beat(1, prompt=(PromptMessage(role="user", text=quoted),)))
    writer.close("success")
    (stored,) = read_episode(writer.episode).beats
    assert stored.prompt[0].text == quoted.replace("abc def", "[redacted]")


def test_an_observation_that_lost_a_secret_has_the_hash_of_what_is_left(tmp_path: Path) -> None:
    observation = {"chat": [f"my password is {TOKEN}"]}
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={}, secrets=[TOKEN])
    writer.write(beat(1, observation=observation, observation_hash=hash_observation(observation)))
    writer.close("success")
    assert list(verify_episode(writer.episode)) == []


def test_a_continued_episode_has_a_gap_for_what_its_killed_process_did_not_store(tmp_path: Path) -> None:
    record(tmp_path, 2)
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={}, lost=3)
    writer.write(beat(6))
    writer.close("success")
    episode = read_episode(writer.episode)
    assert [(gap.dropped, gap.code) for gap in episode.gaps] == [(3, "killed")]
    assert list(verify_episode(writer.episode)) == []


def test_waiting_for_a_disk_that_stands_still_ends_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pipe = tmp_path / "capture"
    os.mkfifo(pipe)
    writer = EpisodeWriter(tmp_path / "episodes", episode_id="one", meta={})
    writer.write(beat(1), pipe)
    for _ in range(100):
        assert not writer.flush(0.0)
    assert writer._queue.qsize() <= 1
    with pipe.open("wb") as file:
        file.write(picture())
    assert writer.flush(STORED_WITHIN_S)
    writer.close("success")
