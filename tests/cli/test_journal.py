from __future__ import annotations

import contextlib
import csv
import io
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_commands import Output, run
from tests.journal.entries import done, entry, failed
from tests.peer import Peer
from tests.runtimes import fresh, link_up, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.daemon import JournalSettings
from timmy_actors.journal import Journal
from timmy_actors.protocol import JournalEntry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = Journal(tmp_path / "timmy.journal")
    for one in (done("first"), failed("second", "no_such_player"), entry("third", arguments={"text": "\x1b[31mred"})):
        journal.accept(one)
    journal.commit()
    journal.close()
    return tmp_path / "timmy.journal"


def test_tail_shows_the_newest_a_line_each_and_nothing_a_terminal_obeys(path: Path, capsys: Output) -> None:
    assert run("journal", "tail", "-n", "2", "--file", str(path)) == 0
    second, third = capsys.readouterr().out.splitlines()
    assert second.startswith(
        "2026-01-01 12:00:00.000Z  failed    second  give_item player=Timmy item=gold_001: no_such"
    )
    assert third.endswith("third  give_item text=\N{REPLACEMENT CHARACTER}[31mred")


def test_tail_as_json_is_an_entry_a_line(path: Path, capsys: Output) -> None:
    assert run("journal", "tail", "--json", "--file", str(path)) == 0
    output = [JournalEntry.model_validate_json(line) for line in capsys.readouterr().out.splitlines()]
    assert [one.id for one in output] == ["first", "second", "third"]
    assert output[0] == done("first")


def test_tail_follows_what_is_accepted_from_now_on(path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    output, looked, enough = io.StringIO(), threading.Event(), threading.Event()

    def wait(_seconds: float) -> None:
        looked.set()
        if enough.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr("timmy_actors.cli.journal.time.sleep", wait)
    monkeypatch.setattr("timmy_actors.cli.journal.click.echo", lambda line: output.write(line + "\n"))
    thread = threading.Thread(target=run, args=("journal", "tail", "-n", "0", "-f", "--file", str(path)))
    thread.start()
    assert looked.wait(PATIENCE_S)
    journal = Journal(path)
    journal.accept(entry("fourth"))
    journal.commit()
    journal.close()
    eventually(lambda: "fourth" in output.getvalue())
    enough.set()
    thread.join(PATIENCE_S)
    assert "third" not in output.getvalue()


def test_show_prints_all_of_one_command(path: Path, capsys: Output) -> None:
    assert run("journal", "show", "first", "--file", str(path)) == 0
    output = capsys.readouterr().out
    for part in ("state     done", "sent      2026-01-01 12:00:00.000Z, once, in epoch 3", "value     total 5"):
        assert part in output
    assert run("journal", "show", "second", "--json", "--file", str(path)) == 0
    assert JournalEntry.model_validate_json(capsys.readouterr().out) == failed("second", "no_such_player")


def test_show_says_where_to_look_for_an_id_that_is_not_there(path: Path, capsys: Output) -> None:
    assert run("journal", "show", "nine", "--file", str(path)) == 1
    assert "no command with the id 'nine': 'timmy-actors journal tail'" in capsys.readouterr().err


def test_export_writes_them_all(path: Path, capfd: Any) -> None:
    assert run("journal", "export", "--file", str(path)) == 0
    assert [json.loads(line)["id"] for line in capfd.readouterr().out.splitlines()] == ["first", "second", "third"]
    assert run("journal", "export", "--format", "csv", "--file", str(path)) == 0
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert [(row["id"], row["state"]) for row in rows] == [
        ("first", "done"), ("second", "failed"), ("third", "accepted"),
    ]  # fmt: skip
    assert json.loads(rows[0]["value"]) == {"total": 5}
    assert json.loads(rows[1]["error"])["code"] == "no_such_player"


def test_a_backup_is_a_whole_journal_in_one_file(path: Path, tmp_path: Path, capsys: Output) -> None:
    copy = tmp_path / "copy"
    assert run("journal", "backup", str(copy), "--file", str(path)) == 0
    assert capsys.readouterr().out == f"copied 3 commands from {path} to {copy}\n"
    assert run("journal", "verify", "--file", str(copy)) == 0
    assert capsys.readouterr().out == f"{copy}: no damage found\n"
    assert run("journal", "backup", str(copy), "--file", str(path)) == 73
    assert "is there already" in capsys.readouterr().err


def test_verify_names_each_damaged_command_and_ends_with_an_exit_code(path: Path, capsys: Output) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("UPDATE command SET state = 'done' WHERE id != 'first'")
    assert run("journal", "verify", "--file", str(path)) == 65
    output = capsys.readouterr()
    assert [line.partition(": ")[2] for line in output.out.splitlines()] == [
        "command 2 (id 'second'): is not as it was written", "command 3 (id 'third'): is not as it was written",
    ]  # fmt: skip
    assert "2 damaged places" in output.err


def test_without_a_journal_the_exit_code_and_the_words_say_so(tmp_path: Path, capsys: Output) -> None:
    assert run("journal", "tail", "--file", str(tmp_path / "none")) == 66
    assert f"timmy-actors: journal {tmp_path / 'none'}: there is none: name it with --file" in capsys.readouterr().err


def test_the_daemons_own_journal_is_found_while_it_runs_and_after(runtime_folder: Path, capsys: Output) -> None:
    config = runtime_folder / "timmy.toml"
    config.write_text("[world]\nembedded = false\n")
    with Peer() as peer:
        with running(peer.address, journal=JournalSettings()) as runtime:
            link_up(runtime)
            fresh(runtime)
            assert run("do", "--id", "mine", "message", "text=hi") == 0
            eventually(lambda: runtime.status().journal.entries == 1)
            assert run("status") == 0
            assert "journal  1 commands" in capsys.readouterr().out
            assert run("journal", "show", "mine", "--config", str(config)) == 0
        assert run("journal", "show", "mine", "--config", str(config)) == 0
    assert capsys.readouterr().out.count("state     done") == 2


def test_do_without_waiting_prints_the_id(runtime_folder: Path, capsys: Output) -> None:
    with Peer(silent_to={"command"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        assert run("do", "--no-wait", "--id", "mine", "message", "text=hi") == 0
        assert capsys.readouterr().out == "mine\n"
        assert peer.wait_for(lambda message: message["type"] == "command")["id"] == "mine"
