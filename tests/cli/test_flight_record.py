from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import Output, run
from tests.peer import Peer
from tests.runtimes import link_up, running
from timmy_actors.daemon import RecordingSettings


def test_a_dump_is_written_and_its_path_shown(tmp_path: Path, capsys: Output) -> None:
    recording = RecordingSettings(folder=str(tmp_path / "episodes"))
    with Peer() as peer, running(peer.address, recording=recording) as runtime:
        link_up(runtime)
        assert run("flight-record", "dump", "--json") == 0
    dumped = json.loads(capsys.readouterr().out)
    assert Path(dumped["path"]).read_text().count("\n") == dumped["messages"] + 1


@pytest.mark.parametrize(("world", "code"), [("nothing", 2), ("replay:", 2), ("replay:missing.jsonl", 78)])
def test_a_world_that_cannot_be_replayed_is_refused(world: str, code: int) -> None:
    assert run("run", "--world", world) == code
