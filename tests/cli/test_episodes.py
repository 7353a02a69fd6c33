from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import Output, run
from tests.recording.beats import record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    record(tmp_path, 2)
    return tmp_path


def test_list_shows_an_episode_per_line(folder: Path, capsys: Output) -> None:
    assert run("episodes", "list", "--folder", str(folder)) == 0
    assert capsys.readouterr().out.startswith("one  ")
    assert run("episodes", "list", "--json", "--folder", str(folder)) == 0
    assert json.loads(capsys.readouterr().out)["beats"] == 2


def test_show_prints_all_beats_or_one_with_its_prompt(folder: Path, capsys: Output) -> None:
    assert run("episodes", "show", "one", "--folder", str(folder)) == 0
    assert capsys.readouterr().out.count("beat ") == 2
    assert run("episodes", "show", "one", "--beat", "2", "--folder", str(folder)) == 0
    shown = capsys.readouterr().out
    assert "user: You are at x = 2." in shown
    assert '"cell": "Balmora"' in shown
    assert run("episodes", "show", "one", "--beat", "3", "--folder", str(folder)) == 66


def test_play_ends_with_the_outcome(folder: Path, capsys: Output) -> None:
    assert run("episodes", "play", "one", "--speed", "0", "--pictures", "--folder", str(folder)) == 0
    assert capsys.readouterr().out.endswith("ended: success\n")


def test_play_writes_an_animated_picture(folder: Path, capsys: Output) -> None:
    target = folder / "film.gif"
    assert run("episodes", "play", "one", "--to", str(target), "--folder", str(folder)) == 0
    assert target.read_bytes().startswith(b"GIF89a")


def test_verify_and_repair_report_each_finding(folder: Path, capsys: Output) -> None:
    assert run("episodes", "verify", "--folder", str(folder)) == 0
    file = folder / "one" / "beats.jsonl"
    file.write_bytes(file.read_bytes().replace(b"leads north", b"leads south", 1))
    assert run("episodes", "verify", "one", "--folder", str(folder)) == 65
    assert "one, line 2: edited: the checksum differs" in capsys.readouterr().out
    assert run("episodes", "repair", "one", "--folder", str(folder)) == 0
    assert run("episodes", "verify", "--folder", str(folder)) == 0


def test_the_daemons_folder_is_the_configured_one(folder: Path, tmp_path: Path, capsys: Output) -> None:
    config = tmp_path / "timmy.toml"
    config.write_text(f'[recording]\nfolder = "{folder}"\n')
    assert run("episodes", "list", "--config", str(config)) == 0
    assert capsys.readouterr().out.startswith("one  ")
