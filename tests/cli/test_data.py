from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_commands import Output, run
from tests.recording.beats import picture, record


def test_the_shipped_samples_are_checked_by_default(capsys: Output) -> None:
    assert run("data", "check") == 0
    assert "picture" in capsys.readouterr().out


def test_a_finding_is_a_line_and_the_exit_code(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "one.json").write_text("{")
    assert run("data", "check", str(tmp_path)) == 65
    assert "one.json: is not JSON" in capsys.readouterr().out


def test_a_picture_is_annotated(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "one.jpg"
    path.write_bytes(picture())
    assert run("data", "annotate", str(path), "--caption", "A door.", "--box", "door: left:1,2,10,20") == 0
    assert json.loads(path.with_suffix(".json").read_text())["boxes"][0]["label"] == "door: left"
    assert run("data", "annotate", str(path), "--point", "door:1") == 2


def test_an_episode_is_harvested_with_events_of_watch(tmp_path: Path, capsys: Output) -> None:
    record(tmp_path / "episodes", 2)
    event = {"event": "dialogue_choice", "data": {"objects": [{"ref_id": "arrille", "choice": "barter"}]}}
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps({"event": event}) + "\n" + json.dumps({"left_out": 1}) + "\n")
    options = ["--folder", str(tmp_path / "episodes"), "--to", str(tmp_path / "data"), "--events", str(events)]
    assert run("data", "harvest", "one", *options) == 0
    assert capsys.readouterr().out.startswith("wrote 2 pictures, 1 dialogues, 2 decisions to ")
    events.write_text("text\n")
    assert run("data", "harvest", "one", *options[:-4], "--to", str(tmp_path / "b"), "--events", str(events)) == 78
