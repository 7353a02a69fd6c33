from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, link_up, restarted, running
from tests.serving.clients import Client, Message, client
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import PerceptionOutput, Runtime, connect
from timmy_actors.client import endpoint_path
from timmy_actors.commands import MAX_PENDING
from timmy_actors.errors import ConfigError
from timmy_actors.protocol import MAX_REQUEST_BYTES, Health
from timmy_actors.supervision.sockets import Arrived

UNREAD = 10_000
"""Answers beyond what libzmq and the kernel hold for a client that reads none."""


def test_the_socket_is_its_owners_alone(runtime: Runtime) -> None:
    path = endpoint_path(runtime.endpoint)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_uid == os.getuid()


def test_status_and_snapshot_are_answered_with_values_of_their_models(runtime: Runtime) -> None:
    with client(runtime) as caller:
        status = caller.ask({"type": "status", "id": "1"})
        assert (status["id"], Health.model_validate(status["status"]).link.state) == ("1", "up")
        snapshot = caller.ask({"type": "snapshot", "id": "2"})
        assert PerceptionOutput.model_validate(snapshot["snapshot"]).player == "Timmy"


def test_a_command_is_answered_when_the_game_has_answered(runtime: Runtime, peer: Peer) -> None:
    with client(runtime) as caller:
        asked = {"type": "command", "id": "1", "name": "message", "arguments": {"text": "hi"}}
        assert caller.ask(asked)["value"] == {"echo": "message"}
        command = peer.wait_for(lambda message: message["type"] == "command")
        assert command["arguments"] == {"player": "Timmy", "text": "hi"}


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"type": "snapshot", "player": "Nobody"}, "no_such_player", "player"),
        ({"type": "snapshot", "player": ""}, "bad_message", "snapshot.player"),
        ({"type": "command", "name": "dance", "arguments": {}}, "unknown_command", "name"),
        ({"type": "command", "name": "give_item", "arguments": {"item": "x", "count": 0}}, "bad_arguments", "count"),
        ({"type": "command", "name": "message", "arguments": {"text": "x", "player": None}}, "bad_arguments", "player"),
        ({"type": "command", "name": "message", "arguments": [], "timeout_s": 1}, "bad_message", "command.arguments"),
        ({"type": "command", "name": "x", "arguments": {}, "timeout_s": 61}, "bad_message", "command.timeout_s"),
        ({"type": "tomorrow"}, "bad_message", None),
        ({"type": "status", "extra": 1}, "bad_message", "status.extra"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_a_wrong_request_is_refused_under_its_id(
    runtime: Runtime, asked: Message, code: str, field: str | None
) -> None:
    with client(runtime) as caller:
        answer = caller.ask({"id": "mine", **asked})
        assert answer["id"] == "mine"
        assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
        assert not any(answer[key] for key in answer if key not in ("id", "error"))


GARBAGE = [
    b"\x00",
    b"",
    b"\xff" * 100,
    b"null",
    b"[]",
    b"{}",
    b'{"type":"status"}',
    b'{"type":"status","id":1}',
    b"[" * 9_999,
]


def test_garbage_is_answered_and_the_next_request_too(runtime: Runtime) -> None:
    with client(runtime) as caller:
        for frame in GARBAGE:
            answer = caller.ask(frame)
            assert (answer["id"], answer["error"]["code"]) == (None, "bad_message")
            assert "None" not in answer["error"]["message"]
        assert caller.ask({"type": "status", "id": "1"})["status"]
    assert runtime.directory.entries["gateway"].restarts == 0


def test_a_request_of_many_frames_is_its_last(runtime: Runtime) -> None:
    with client(runtime) as caller:
        caller.socket.send_multipart([b"", b"what?", b'{"type":"status","id":"1"}'])
        assert caller.receive()["id"] == "1"


def test_a_client_that_sends_too_much_is_disconnected_and_no_other_client(runtime: Runtime) -> None:
    with client(runtime) as greedy, client(runtime) as modest:
        greedy.send(b" " * (MAX_REQUEST_BYTES + 1))
        assert modest.ask({"type": "status", "id": "1"})["id"] == "1"
        assert runtime.directory.entries["gateway"].restarts == 0


def test_answers_that_are_not_read_do_not_fill_the_log(
    runtime: Runtime, peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    with client(runtime, high_water_mark=1) as slow:
        for number in range(UNREAD):
            slow.send({"type": "status", "id": str(number)})
        slow.send({"type": "command", "id": "last", "name": "message", "arguments": {"text": "hi"}})
        peer.wait_for(lambda message: message["type"] == "command")
    assert "read too slowly" not in caplog.text


def test_a_client_that_vanished_before_its_answer_disturbs_no_other_client(peer: Peer, runtime: Runtime) -> None:
    peer.silent_to = {"command"}
    with client(runtime) as vanishing:
        vanishing.send({"type": "command", "id": "1", "name": "message", "arguments": {"text": "hi"}})
        asked = peer.wait_for(lambda message: message["type"] == "command")
    peer.push({"type": "result", "id": asked["id"], "value": {}})
    peer.silent_to = ()
    assert runtime.command("message", text="alive").ok
    assert (runtime.directory.entries["command"].restarts, runtime.directory.entries["gateway"].restarts) == (0, 0)


def test_a_gateway_that_died_does_not_take_the_command_actor_along(peer: Peer, runtime: Runtime) -> None:
    peer.silent_to = {"command"}
    with client(runtime) as caller:
        caller.send({"type": "command", "id": "1", "name": "message", "arguments": {"text": "hi"}})
        asked = peer.wait_for(lambda message: message["type"] == "command")
        runtime.directory.tell("gateway", Arrived("clients", []))
        restarted(runtime, "gateway")
        peer.push({"type": "result", "id": asked["id"], "value": {}})
        peer.silent_to = ()
        assert runtime.command("message", text="alive").ok
    assert runtime.directory.entries["command"].restarts == 0


def test_a_restarted_gateway_can_be_reached_at_the_same_place(runtime: Runtime) -> None:
    for times in (1, 2, 3):
        runtime.directory.tell("gateway", Arrived("clients", []))
        restarted(runtime, "gateway", times)
        with connect() as daemon:
            assert daemon.status().link.state == "up"


def test_many_clients_at_once_each_get_their_own_answers(runtime: Runtime) -> None:
    wrong: list[str] = []

    def ask(number: int) -> None:
        with client(runtime) as caller:
            ids = [f"{number}-{turn}" for turn in range(20)]
            wrong.extend(key for key in ids if caller.ask({"type": "status", "id": key})["id"] != key)

    callers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(2 * PATIENCE_S)
    assert wrong == []


def test_an_endpoint_where_something_else_stands_fails_the_start(runtime_folder: Path) -> None:
    blocked = runtime_folder / "timmy-actors" / "daemon.sock"
    blocked.mkdir(mode=0o700, parents=True)
    blocked.parent.chmod(0o700)
    with Peer() as peer, pytest.raises(ConfigError, match="exists already and is not a socket"), running(peer.address):
        pass


def test_what_it_serves_is_gone_when_the_daemon_is(peer: Peer) -> None:
    with running(peer.address) as runtime:
        link_up(runtime)
        path = endpoint_path(runtime.endpoint)
        assert path.exists()
    assert not path.exists()


def test_a_request_that_a_frozen_daemon_finds_after_its_deadline_is_not_carried_out(
    runtime: Runtime, peer: Peer
) -> None:
    """As when its process was stopped: the request waits in the kernel's buffer, then is taken in as if it were new."""
    asked = {"type": "command", "name": "message", "arguments": {"text": "hi"}, "timeout_s": 60}
    with client(runtime) as caller:
        late = caller.ask({**asked, "id": "1", "deadline": time.monotonic() - 0.001})
        assert late["error"]["code"] == "expired"
        assert caller.ask({**asked, "id": "2", "deadline": time.monotonic() + 60})["value"]
    assert peer.count("command") == 1


def test_a_deadline_goes_on_to_the_server(runtime: Runtime, peer: Peer) -> None:
    asked = {"type": "command", "name": "message", "arguments": {"text": "hi"}, "timeout_s": 60, "id": "1"}
    with client(runtime) as caller:
        before = peer.now()
        assert caller.ask({**asked, "deadline": time.monotonic() + 7})["value"]
        command = peer.wait_for(lambda message: message["type"] == "command")
        # How well the daemon knows the server's clock depends on how soon it was answered.
        assert before + 6_000 <= command["deadline"] <= peer.now() + 8_000


def test_a_client_that_floods_leaves_places_for_another(runtime: Runtime, peer: Peer) -> None:
    peer.silent_to = {"command"}
    asked = {"type": "command", "name": "message", "arguments": {"text": "hi"}, "timeout_s": 60}
    with client(runtime) as flood, client(runtime) as other:
        for number in range(MAX_PENDING):
            flood.send({**asked, "id": f"{number}", "command_id": f"flood-{number}"})
        refused = [flood.receive() for _ in range(MAX_PENDING // 2)]
        assert {answer["error"]["code"] for answer in refused} == {"overloaded"}
        other.send({**asked, "id": "mine", "command_id": "mine"})
        peer.wait_for(lambda message: message["id"] == "mine")
        peer.push({"type": "result", "id": "mine", "value": {"done": True}})
        assert other.receive()["value"] == {"done": True}


def test_captures_and_actions_take_places_too(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timmy_actors.serving.outbox.FairShare.admit", lambda *_: False)
    with client(runtime) as caller:
        for asked in (
            {"type": "capture"},
            {"type": "check_portal"},
            {"type": "command", "name": "message", "arguments": {}},
        ):
            assert caller.ask({**asked, "id": "1"})["error"]["code"] == "overloaded"
        assert "status" in caller.ask({"type": "status", "id": "2"})


def test_an_answered_command_gives_its_place_back(runtime: Runtime) -> None:
    asked = {"type": "command", "name": "message", "arguments": {"text": "hi"}}
    with client(runtime) as caller:
        for number in range(MAX_PENDING + 10):
            assert caller.ask({**asked, "id": f"{number}"})["value"]


def test_a_client_that_waits_only_for_acceptance_gets_the_commands_id(runtime: Runtime, peer: Peer) -> None:
    peer.silent_to = {"command"}
    with connect(runtime.endpoint) as daemon:
        key = daemon.submit("message", text="hi", timeout_s=30.0)
        peer.wait_for(lambda message: message["id"] == key)
        peer.push({"type": "result", "id": key, "value": {"done": True}})
        result = daemon.command("message", text="hi", command_id=key)
        assert (result.id, result.value) == (key, {"done": True})
    assert peer.count("command") == 1


def test_an_orderly_stop_lets_commands_end_and_answers_the_rest(peer: Peer) -> None:
    peer.silent_to = {"command"}
    with running(peer.address) as runtime, client(runtime) as caller:
        fresh(runtime)
        for key in ("answered", "open"):
            caller.send(
                {"type": "command", "id": key, "name": "message", "arguments": {"text": "hi"}, "command_id": key}
            )
            peer.wait_for(lambda message: message["id"] == key)  # noqa: B023  called here
        stopping = threading.Thread(target=runtime.stop)
        stopping.start()
        eventually(lambda: _declines(caller))
        peer.push({"type": "result", "id": "answered", "value": {"done": True}})
        answers = {answer["id"]: answer for answer in (caller.receive(), caller.receive())}
        stopping.join(2 * PATIENCE_S)
    assert answers["answered"]["value"] == {"done": True}
    assert answers["open"]["error"]["code"] == "in_doubt"
    assert "the daemon is stopping" in answers["open"]["error"]["message"]
    assert answers["open"]["command_id"] == "open"


def _declines(caller: Client) -> bool:
    error = caller.ask({"type": "snapshot", "id": "is it stopping?"})["error"]
    return error is not None and "the daemon is stopping" in error["message"]


def test_a_call_on_a_gateway_that_fails_is_answered(runtime: Runtime, peer: Peer) -> None:
    peer.silent_to = {"command"}
    with client(runtime) as caller:
        caller.send({"type": "command", "id": "1", "name": "message", "arguments": {"text": "hi"}})
        peer.wait_for(lambda message: message["type"] == "command")
        runtime.directory.tell("gateway", Arrived("clients", []))
        assert "the daemon's gateway failed" in caller.receive()["error"]["message"]
