"""What the exports write; `tests/heavy/test_exports.py` loads each with its own library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader
from PIL import Image

from tests.recording.beats import beat
from tests.recording.exported import NORTH, SLEEP, episodes
from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording import (
    BeatCall,
    CallOutcome,
    Decision,
    EpisodeWriter,
    ExportFormat,
    ExportOptions,
    decision_text,
    export_episodes,
    trajectory_faults,
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return episodes(tmp_path_factory.mktemp("episodes"))


def rows(recorded: dict[str, Path], target: Path, kind: ExportFormat, **options: Any) -> list[dict[str, Any]]:
    export_episodes(list(recorded.values()), target, ExportOptions(kind, **options))
    return [json.loads(line) for line in (target / "metadata.jsonl").read_text().splitlines()]


def test_a_decision_reads_as_the_prompts_examples_do() -> None:
    assert decision_text(SLEEP) == 'I should sleep.\n{"action": "rest", "params": {"hours": 8}}'
    assert decision_text(Decision(text="Wait.")) == "Wait.\nnull"


def test_messages_have_a_row_per_decision_and_the_same_keys_in_each(recorded: dict[str, Path], tmp_path: Path) -> None:
    exported = rows(recorded, tmp_path, "messages")
    assert len(exported) == 14
    assert len({tuple(row) for row in exported}) == 1
    assert [message["role"] for message in exported[0]["messages"]] == ["system", "user", "assistant"]
    assert [len(row["images_file_names"]) for row in exported[:2]] == [1, 0]


def test_messages_are_of_the_readable_records_only_and_need_no_prompt(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    for number in (1, 2, 3):
        writer.write(beat(number, prompt=(), observation={"hour": number, "place": "Vivec\n"}, score=None))
    writer.close("success")
    file = writer.episode / "beats.jsonl"
    head, first, second, third, end = file.read_bytes().splitlines(keepends=True)
    edited = second.replace(b'{"hour":2,"place":"Vivec\\n"}', b'["hour"]')
    file.write_bytes(head + first + edited + b'{"kind":"beat","beat":"?"}\n\xff\n' + third + end + first[:-9])
    exported = rows({"one": writer.episode}, tmp_path / "rows", "messages")
    assert [row["beat"] for row in exported] == [1, 3]
    assert exported[0]["messages"] == [
        {"role": "user", "content": '{"hour": 1, "place": "Vivec\\n"}'},
        {
            "role": "assistant",
            "content": 'The road leads north.\n{"action": "walk", "params": {"direction": "forward"}}',
        },
    ]
    assert exported[0]["outcome"] == "acted"
    assert exported[0]["score"] is None


def test_pairs_come_from_overrides_forks_and_success_beside_failure(recorded: dict[str, Path], tmp_path: Path) -> None:
    exported = rows(recorded, tmp_path, "dpo")
    assert {row["source"] for row in exported} == {"override", "fork", "outcome"}
    for row in exported:
        chosen, rejected = row["chosen"][0]["content"], row["rejected"][0]["content"]
        assert "sleep" in rejected
        assert "sleep" not in chosen
        assert row["prompt"][-1]["role"] == "user"
    assert [row["episode"] for row in exported if row["source"] == "fork"] == ["fork-a"]


def test_labels_say_what_was_good(recorded: dict[str, Path], tmp_path: Path) -> None:
    exported = rows(recorded, tmp_path, "kto")
    labels = {(row["episode"], row["source"], row["label"]) for row in exported}
    assert labels == {
        ("good", "outcome", True),
        ("bad", "outcome", False),
        ("taken", "override", True),
        ("taken", "override", False),
        ("refused", "refused", False),
    }


def test_a_blanked_picture_has_a_name_of_its_own(recorded: dict[str, Path], tmp_path: Path) -> None:
    (plain,) = {
        row["images_file_names"][0] for row in rows({"good": recorded["good"]}, tmp_path / "plain", "messages")[:1]
    }
    (blank,) = rows({"good": recorded["good"]}, tmp_path / "blank", "messages", blank=((0, 0, 32, 48),))[0][
        "images_file_names"
    ]
    assert plain != blank
    with Image.open(tmp_path / "blank" / blank) as image:
        data = image.tobytes()
    assert max(data[5 * 3 : 6 * 3]) < 20 < max(data[50 * 3 : 51 * 3])


def test_a_prompt_that_fills_max_length_is_warned_of(recorded: dict[str, Path], tmp_path: Path) -> None:
    options = ExportOptions("dpo", max_length=580)
    exported = export_episodes(list(recorded.values()), tmp_path / "dpo", options)
    assert 0 < len(exported.warnings) < exported.rows
    assert "its prompt has about 591 tokens, and a max_length of 580 would cut off the answer" in exported.warnings[0]


def test_a_row_with_nothing_to_compare_is_an_error_that_says_what_is_needed(
    recorded: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(EpisodesUnusableError, match="'dpo' needs overrides, forks of one state"):
        export_episodes([recorded["good"]], tmp_path / "dpo", ExportOptions("dpo"))


def test_a_folder_that_is_not_empty_is_refused(recorded: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EpisodesUnusableError, match="is not empty"):
        export_episodes([recorded["good"]], tmp_path, ExportOptions("messages"))


def test_atif_has_a_step_for_the_observation_and_one_for_the_decision(
    recorded: dict[str, Path], tmp_path: Path
) -> None:
    export_episodes([recorded["good"]], tmp_path, ExportOptions("atif"))
    document = json.loads((tmp_path / "good.json").read_text())
    assert [step["source"] for step in document["steps"]] == ["system", "user", "agent", "user", "agent"]
    assert (tmp_path / document["steps"][1]["message"][1]["source"]["path"]).is_file()
    assert document["final_metrics"] == {"total_prompt_tokens": 100, "total_completion_tokens": 14, "total_steps": 5}


def step(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"step_id": number, "source": "agent", "message": "", **fields}


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([], "there are no steps"),
        ([step(metrics={"prompt_tokens": float("nan")})], "step 1: the metric prompt_tokens is nan"),
        ([step(metrics={"prompt_tokens": -1})], "step 1: the metric prompt_tokens is -1"),
        ([step(observation={"results": [{"source_call_id": "a"}]})], "step 1: a result belongs to no call: 'a'"),
        ([step(tool_calls=[{"tool_call_id": "a"}] * 2)], "step 1: two calls have the id 'a'"),
        (
            [step(tool_calls=[{"tool_call_id": "a"}]), step(2, tool_calls=[{"tool_call_id": "a"}])],
            "step 2: two calls have the id 'a'",
        ),
    ],
)
def test_what_the_library_accepts_and_is_wrong_is_found(steps: list[dict[str, Any]], fault: str) -> None:
    assert list(trajectory_faults({"steps": steps})) == [fault]


def test_an_episode_with_a_result_of_an_unknown_call_is_not_exported_as_atif(tmp_path: Path) -> None:
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    calls = (BeatCall(id="a", name="walk"),)
    writer.write(beat(1, decision=Decision(calls=calls), results=(CallOutcome(call_id="b"),)))
    writer.close("success")
    with pytest.raises(EpisodesUnusableError, match="a result belongs to no call") as refused:
        export_episodes([writer.episode], tmp_path / "atif", ExportOptions("atif"))
    assert refused.value.exit_code == 65


def test_owamcap_has_the_screen_keys_and_the_mouse_at_their_times(recorded: dict[str, Path], tmp_path: Path) -> None:
    export_episodes([recorded["portal"]], tmp_path, ExportOptions("owamcap"))
    with (tmp_path / "portal.mcap").open("rb") as file:
        reader = make_reader(file)
        messages = [(channel.topic, json.loads(message.data)) for _, channel, message in reader.iter_messages()]
    assert [topic for topic, _ in messages].count("screen") == 1
    pressed = [data["vk"] for topic, data in messages if topic == "keyboard" and data["event_type"] == "press"]
    assert pressed == [0x11, ord("S"), ord("J")] * 2
    clicks = [(data["x"], data["y"], data["pressed"]) for topic, data in messages if topic == "mouse"]
    assert clicks == [(30, 20, True), (30, 20, False)] * 2


def test_the_same_decision_makes_no_pair(tmp_path: Path) -> None:
    paths = []
    for name, outcome in (("a", "success"), ("b", "failure")):
        writer = EpisodeWriter(tmp_path, episode_id=name, meta={})
        writer.write(beat(1, decision=NORTH))
        writer.close("success" if outcome == "success" else "failure")
        paths.append(writer.episode)
    with pytest.raises(EpisodesUnusableError, match="nothing to export"):
        export_episodes(paths, tmp_path / "dpo", ExportOptions("dpo"))
    assert list((tmp_path / "dpo").iterdir()) == []  # the same folder can be named again
