from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tests.peer import Peer
from tests.runtimes import running
from tests.waiting import PATIENCE_S
from timmy_actors.daemon import DesktopSettings, crash_report, write_crash_report
from timmy_actors.daemon.health import HealthActor
from timmy_actors.system import state_folder

if TYPE_CHECKING:
    import pytest

SECRET = "correct-horse-battery"


def _fail(*_: object) -> None:
    raise ValueError(f"wrong: {SECRET} and {SECRET}-2")


def crash_of(monkeypatch: pytest.MonkeyPatch) -> str:
    """The line of a crash report whose daemon gave up because of an error that contains a secret."""
    monkeypatch.setenv("STEAM_API_KEY", SECRET)
    desktop = DesktopSettings(environment={"MY_TOKEN": SECRET + "-2"})
    with Peer() as peer, running(peer.address, desktop=desktop) as runtime:
        monkeypatch.setattr(HealthActor, "_publish", _fail)
        assert runtime.wait(PATIENCE_S)
        return write_crash_report(runtime)


def test_a_crash_report_has_the_reason_and_the_events_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    line = crash_of(monkeypatch)
    path = Path(line.removeprefix("crash report: "))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert SECRET not in text
    assert "wrong: [redacted] and [redacted]" in text
    report = json.loads(text)
    assert "health" in report["failure"]
    assert report["status"]["verdict"] == "down"
    assert [event["kind"] for event in report["events"]].count("down") >= 4
    assert report["events"][-1]["at"] == 0
    assert report["settings"]["link"]["mechanism"] == "null"


def test_only_the_newest_reports_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_report, "KEPT", 2)
    state_folder().mkdir(parents=True)
    for year in (2001, 2002, 2003):
        (state_folder() / f"crash-{year}0101T000000-1.json").touch()
    written = crash_of(monkeypatch).rsplit("/", 1)[1]
    assert [file.name for file in sorted(state_folder().glob("*.json"))] == ["crash-20030101T000000-1.json", written]


def test_a_report_that_cannot_be_written_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    state_folder().parent.mkdir(parents=True)
    state_folder().touch()
    assert crash_of(monkeypatch).startswith("no crash report could be written: [Errno 17] File exists")


def test_secrets_are_read_from_token_files_and_key_files() -> None:
    lines = ["# a comment", "", "a-token observe act", 'name = "laptop"', 'public = "k1"', 'secret = "k2"']
    assert [crash_report._secret_in(line) for line in lines] == [None, None, "a-token", None, None, "k2"]
