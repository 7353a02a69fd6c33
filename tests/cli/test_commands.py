from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Health, PerceptionOutput, Runtime
from timmy_actors.cli import agent, main
from timmy_actors.cli.formatting import describe_health
from timmy_actors.cli.server_report import report_lines
from timmy_actors.client import connection as module
from timmy_actors.protocol import (
    GameDataStatus,
    GameEvent,
    HeartbeatStatus,
    HttpStatus,
    PlayerClientStatus,
    Portals,
    Pushed,
    TickLoad,
    WorldStatus,
)

Output = pytest.CaptureFixture[str]


@pytest.fixture
def runtime(peer: Peer) -> Iterator[Runtime]:
    with running(peer.address) as runtime:
        fresh(runtime)
        eventually(lambda: runtime.status().verdict == "ok")
        yield runtime


def run(*arguments: str) -> int:
    """Run `timmy-actors` with these arguments; its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_status_shows_verdict_link_and_actors(runtime: Runtime, capsys: Output) -> None:
    assert run("status") == 0
    output = capsys.readouterr().out
    assert f"at {runtime.endpoint}" in output
    for part in ("link     up at tcp://127.0.0.1:", "portal   morrowind", "player   Timmy", "connection", "gateway"):
        assert part in output


COSTS = TickLoad.model_validate({
    "tick_ms": 2, "tick_max_ms": 3, "poll_ms": 0.5, "poll_max_ms": 1, "budget_ms": 0.5, "polls": 10, "peers": 1,
    "sections": {"stats": {"ms": 1, "reads": 4}, "nearby_actors": {"ms": 3, "reads": 4}},
    "subscribers": [
        {"client": "timmy", "interval_s": 2, "pushes": 20, "bytes": 14000, "late_ms": 0.5, "late_max_ms": 1.5}
    ],
})  # fmt: skip


def test_server_report_shows_what_the_bridge_costs(runtime: Runtime, capsys: Output) -> None:
    eventually(lambda: runtime.status().link.load)
    assert run("server-report") == 0
    assert "of the loop" in capsys.readouterr().out
    assert run("server-report", "--json") == 0
    assert TickLoad.model_validate_json(capsys.readouterr().out)
    lines = list(report_lines(COSTS))
    assert "25.0% of the loop" in lines[1]
    assert [line.split()[:2] for line in lines[3:5]] == [["section", "nearby_actors"], ["section", "stats"]]
    assert lines[5].endswith("10.0 pushes/s, 7.0 kB/s, late 0.5 ms (worst 1.5)")


def test_server_report_says_that_there_is_none(
    runtime: Runtime, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = runtime.shared.link.value.model_copy(update={"load": None})
    health = runtime.status().model_copy(update={"link": link})
    monkeypatch.setattr(module.Daemon, "status", lambda _: health)
    assert run("server-report") == 1
    assert "has not reported its load yet" in capsys.readouterr().err


def test_status_shows_the_parts_that_are_enabled(runtime: Runtime) -> None:
    parts = {
        "http": HttpStatus(state="down", url="http://127.0.0.1:1", token_file="t", reason="in use"),
        "game_data": GameDataStatus(state="up", files=2, faults=("Some.esp: cut",)),
        "heartbeat": HeartbeatStatus(episode="e", phase="autonomous", beats=3),
        "player_client": PlayerClientStatus(state="refused", server="host:1", name="Timmy", reason="banned"),
    }
    assert describe_health(runtime.status().model_copy(update=parts))[-4:] == [
        "http     down at http://127.0.0.1:1, its token is in t: in use",
        "files    up, 2 of the data files, 1 faults",
        "beat     autonomous, 3 beats in e",
        "client   refused as Timmy at host:1: banned",
    ]


def test_status_shows_no_port_of_a_world_that_is_not_up(runtime: Runtime) -> None:
    world = WorldStatus(state="starting", pid=5)
    lines = describe_health(runtime.status().model_copy(update={"world": world}))
    assert "world    embedded, starting, process 5" in lines


def test_status_as_json_is_a_health(runtime: Runtime, capsys: Output) -> None:
    assert run("status", "--json") == 0
    assert Health.model_validate_json(capsys.readouterr().out, strict=True).endpoint == runtime.endpoint


def test_a_health_check_passes_until_the_link_is_down(runtime: Runtime, peer: Peer, capsys: Output) -> None:
    assert run("status", "--check") == 0
    peer.__exit__()
    eventually(lambda: runtime.status().verdict == "down")
    assert run("status", "--check") == 1
    assert capsys.readouterr().out.splitlines()[-1]
    assert run("status") == 0


def test_snapshot_shows_where_the_player_stands(runtime: Runtime, capsys: Output) -> None:
    assert run("snapshot") == 0
    assert "Timmy stands in Seyda Neen (cell -2, -9) at -11000, -70000, 200" in capsys.readouterr().out


def test_snapshot_as_json_is_a_perception(runtime: Runtime, capsys: Output) -> None:
    assert run("snapshot", "--player", "Timmy", "--json") == 0
    assert PerceptionOutput.model_validate_json(capsys.readouterr().out, strict=True) == runtime.snapshot()


def test_portals_marks_the_chosen_one(runtime: Runtime, capsys: Output) -> None:
    assert run("portals") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines if "morrowind" in line or "bannerlord" in line] == [" ", "*"]
    assert run("portals", "--json") == 0
    assert Portals.model_validate_json(capsys.readouterr().out).chosen == "morrowind"


def test_do_executes_and_prints_the_result(runtime: Runtime, peer: Peer, capsys: Output) -> None:
    assert run("do", "give_item", "player=Jiub", "item=gold_001", "count=5") == 0
    assert capsys.readouterr().out == "give_item: done (echo give_item)\n"
    command = peer.wait_for(lambda message: message["type"] == "command")
    assert command["arguments"] == {"player": "Jiub", "item": "gold_001", "count": 5}


def test_do_as_json_is_the_value(runtime: Runtime, capsys: Output) -> None:
    assert run("do", "message", "text=a=b c", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"echo": "message"}


def test_do_as_json_prints_a_refusal_as_json(runtime: Runtime, peer: Peer, capsys: Output) -> None:
    peer.refusal = {"code": "no_such_player", "message": "no player \u009b2J", "field": "player"}
    assert run("do", "message", "text=hello", "--json") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"error": peer.refusal}
    assert "\u009b" not in captured.out
    assert captured.err == ""


def test_do_takes_lists_as_json(runtime: Runtime, peer: Peer) -> None:
    assert run("do", "ask", "text=[sic]", 'buttons=["Yes", "No"]') == 0
    command = peer.wait_for(lambda message: message["type"] == "command")
    assert command["arguments"] == {"player": "Timmy", "text": "[sic]", "buttons": ["Yes", "No"]}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["do", "ask", "text=x", "buttons=Yes;No"], 2, "buttons must be JSON"),
        (["do", "dance"], 1, "no command 'dance'; 'timmy-actors do --help' lists the commands"),
        (["do", "give_item", "item=x", "count=0"], 1, "count: "),
        (["do", "give_item", "item=x", "colour=red"], 1, "colour: "),
        (["do", "teleport", "to="], 1, "to: "),
        (["snapshot", "--player", "Nobody"], 1, "no snapshot of player 'Nobody'"),
        (["snapshot", "--player", ""], 1, "player: "),
        (["do"], 2, "Missing argument"),
        (["do", "message", "text"], 2, "must be KEY=VALUE"),
        (["do", "message", "=x"], 2, "must be KEY=VALUE"),
        (["do", "message", "text=x", "timeout_s=1"], 2, "--timeout"),
        (["do", "message", "text=x", "--timeout", "61"], 2, "--timeout"),
        (["dance"], 2, "No such command"),
        (["stauts"], 2, "No such command 'stauts'; did you mean status?"),
        (["status", "--endpoint", "ipc:///nowhere/at.all"], 69, "no daemon at ipc:///nowhere/at.all"),
        (["status", "--endpoint", "tcp://127.0.0.1:1"], 78, "TCP is encrypted only, and needs keys"),
        (["status", "--endpoint", "ipc:///" + "x" * 200], 78, "bytes, the limit for a socket is"),
        (["run", "--config", "/nowhere.toml"], 78, "/nowhere.toml: cannot read the configuration"),
        (["run", "--portal", "skyrim"], 78, "no portal 'skyrim'"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_what_goes_wrong_is_one_message_and_a_fitting_exit_code(
    runtime: Runtime, capsys: Output, arguments: list[str], code: int, message: str
) -> None:
    assert run(*arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert "Traceback" not in captured.err


def test_where_no_daemon_is_the_exit_code_is_69(capsys: Output) -> None:
    for command in (["status"], ["snapshot"], ["portals"], ["watch"], ["do", "message", "text=hi"]):
        assert run(*command) == 69
        assert "start one with 'timmy-actors run'" in capsys.readouterr().err


def test_the_variable_names_the_endpoint(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMMY_ENDPOINT", "ipc:///named/by/the.variable")
    assert run("status") == 69
    assert "ipc:///named/by/the.variable" in capsys.readouterr().err


def test_a_refusal_of_the_game_is_printed_with_exit_code_1(runtime: Runtime, peer: Peer, capsys: Output) -> None:
    peer.refusal = {"code": "no_such_place", "message": "no place 'Atlantis'", "field": "to"}
    assert run("do", "teleport", "to=Atlantis") == 1
    assert capsys.readouterr().err == "timmy-actors: no place 'Atlantis'\n"


def test_watch_repeats_no_line_twice(runtime: Runtime, capsys: Output) -> None:
    last_lines: dict[str, str] = {}
    for _ in range(3):
        agent._show(Pushed(snapshot=runtime.snapshot()), last_lines, as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_watch_prints_what_happens_until_the_daemon_ends(peer: Peer, capsys: Output, as_json: bool) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        codes: list[int] = []
        watching = threading.Thread(
            target=lambda: codes.append(run("watch", "--reconnect", "0", *(["--json"] if as_json else [])))
        )
        watching.start()
        output = ""
        while "hello" not in output:
            peer.happen("chat", text="hello")
            threading.Event().wait(0.01)
            output += capsys.readouterr().out
    watching.join(PATIENCE_S)
    assert codes == [69]
    if as_json:
        pushed = Pushed.model_validate_json(output.splitlines()[0])
        assert pushed.event is not None
    else:
        assert "Timmy: chat (text: hello)" in output


@contextmanager
def closing(pushes: list[Pushed]) -> Iterator[Iterator[Pushed]]:
    """A watch that yields these pushes."""
    yield iter(pushes)


STEERING = "\x1b]0;x\x07\x7f\x9b2J\u202eeno\u2066\U000e0001\n"


@pytest.mark.parametrize("command", ["snapshot", "status", "watch"])
@pytest.mark.parametrize("as_json", [False, True])
def test_names_and_chat_from_the_game_cannot_steer_a_terminal(
    runtime: Runtime, capsys: Output, monkeypatch: pytest.MonkeyPatch, as_json: bool, command: str
) -> None:
    position = runtime.snapshot().position
    assert position is not None
    known = runtime.snapshot().model_copy(
        update={"player": STEERING, "position": position.model_copy(update={"place": STEERING})}
    )
    health = runtime.status().model_copy(update={"reasons": (STEERING,)})
    chat = GameEvent(event="chat", player="Jiub", pid=1, now=1, data={"text": STEERING})
    happened = [Pushed(event=chat), Pushed(snapshot=known)]
    monkeypatch.setattr(module.Daemon, "snapshot", lambda *_: known)
    monkeypatch.setattr(module.Daemon, "status", lambda *_: health)
    monkeypatch.setattr(module.Daemon, "watch", lambda *_, **__: closing(happened))
    assert run(command, *(["--json"] if as_json else [])) == 0
    output = capsys.readouterr().out
    assert output
    assert [line for line in output.split("\n") if not line.isprintable()] == []
    if as_json:
        for text in output.splitlines() if command == "watch" else [output]:
            assert json.dumps(STEERING) in json.dumps(json.loads(text))


def test_an_error_message_cannot_steer_a_terminal(runtime: Runtime, peer: Peer, capsys: Output) -> None:
    peer.refusal = {"code": "no_such_place", "message": STEERING, "field": "to"}
    assert run("do", "teleport", "to=Atlantis") == 1
    assert capsys.readouterr().err.removesuffix("\n").isprintable()


def test_help_names_every_command_and_every_exit_code(capsys: Output) -> None:
    assert run("--help") == 0
    output = capsys.readouterr().out
    for word in ("run", "status", "snapshot", "do", "watch", "portals", "world", "TIMMY_CONFIG", "TIMMY_ENDPOINT"):
        assert word in output
    for code in ("0 done", "1 refused", "2 wrong usage", "69 no daemon", "70 the daemon did not start", "78 wrong"):
        assert code in output


def test_version_is_printed(capsys: Output) -> None:
    assert run("--version") == 0
    assert "timmy-actors" in capsys.readouterr().out
