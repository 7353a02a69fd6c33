"""A task over OpenEnv's wire, spoken by a plain WebSocket client; OpenEnv's own client plays in tests/heavy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")
pytest.importorskip("websockets")
pytest.importorskip("lupa.luajit21")

from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.serving.openenv.task_server import Client, TaskServer
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.cli.root import cli
from timmy_actors.worlds import find_task

TASK = "take-bread"
SESSIONS = 2
IDLE_S = 5
"""Longer than a busy machine takes from one message to the next."""


@pytest.fixture(scope="module")
def server() -> Iterator[TaskServer]:
    with (
        tempfile.TemporaryDirectory(prefix="ta-") as folder,
        TaskServer(Path(folder), TASK, "--sessions", str(SESSIONS)) as running,
    ):
        yield running


@pytest.fixture
def client(server: TaskServer) -> Iterator[Client]:
    """A session; all earlier ones have ended."""
    eventually(lambda: not server.worlds())
    with server.client() as session:
        yield session


def test_a_score_is_equal_through_openenv_gymnasium_and_the_command_line(client: Client) -> None:
    pytest.importorskip("gymnasium")
    from tests.serving.openenv.scores import check_scores

    check_scores(client, TASK, "scripted")  # tests/heavy has the random agent, whose episode lasts until its time is up


def test_the_messages_have_the_form_of_the_schema(server: TaskServer, client: Client) -> None:
    status, schema = server.ask("/schema", authorised=False)
    assert status == 200
    assert schema["action"]["properties"]["action"]["enum"] == [action.id for action in find_task(TASK).actions]
    for seen in (client.reset(seed=1, episode_id="first", other=1), client.step("forward")):
        assert seen["observation"]["metadata"] == seen["metadata"]
        flat = {**seen["observation"], "done": seen["done"], "reward": seen["reward"]}
        jsonschema.validate(flat, schema["observation"])
    state = client.say({"type": "state"})
    assert state["type"] == "state"
    jsonschema.validate(state["data"], schema["state"])
    assert (state["data"]["episode_id"], state["data"]["step_count"], state["data"]["seed"]) == ("first", 1, 1)


def test_a_wrong_message_is_refused_and_the_session_goes_on(client: Client) -> None:
    refused: list[tuple[object, str, str]] = [
        ("{", "INVALID_JSON", "not JSON"),
        (b"\xff", "INVALID_JSON", "not JSON"),
        ([1], "VALIDATION_ERROR", "must be an object"),
        ({"type": "dance"}, "UNKNOWN_TYPE", "type: must be one of reset, step, state, close"),
        ({"type": "step", "data": {"action": "forward"}}, "EXECUTION_ERROR", "reset first"),
        ({"type": "reset", "data": {"seed": -1}}, "VALIDATION_ERROR", "seed: must be at least 0"),
        ({"type": "reset", "data": 1}, "VALIDATION_ERROR", "data"),
        ({"type": "step", "data": {"action": "fly"}}, "VALIDATION_ERROR", "action: must be 'forward'"),
        ({"type": "step", "data": {"action": "forward", "speed": 9}}, "VALIDATION_ERROR", "speed: "),
        ({"type": "step"}, "VALIDATION_ERROR", "action: is required"),
    ]
    for message, code, reason in refused:
        answer = client.say(message)
        assert answer["type"] == "error"
        assert answer["data"]["code"] == code, answer
        assert reason in answer["data"]["message"], answer
    assert client.reset()["observation"]["goal"] == find_task(TASK).goal


def test_sessions_are_bounded_and_a_closed_one_makes_room(server: TaskServer) -> None:
    eventually(lambda: not server.worlds())
    with ExitStack() as stack:
        sessions = [stack.enter_context(server.client()) for _ in range(SESSIONS)]
        for session in sessions:
            session.reset(seed=1)
        with server.connect() as third:
            full = Client(third).hear()
            with pytest.raises(ConnectionClosed):
                third.recv(PATIENCE_S)
        assert (full["type"], full["data"]["code"]) == ("error", "CAPACITY_REACHED")
        assert server.ask("/reset", {})[0] == 503
        sessions[0].socket.send('{"type": "close"}')
        with pytest.raises(ConnectionClosed):
            sessions[0].hear()
        eventually(lambda: len(server.worlds()) == 1)
        with server.client() as next_one:
            assert next_one.reset(seed=1)["done"] is False
        assert sessions[1].step("forward")["metadata"]["game_ms"] > 0


def test_a_killed_client_leaves_no_session_and_no_world(server: TaskServer) -> None:
    script = """
import json, sys
from websockets.sync.client import connect
with connect(sys.argv[1], additional_headers=json.loads(sys.argv[2]), proxy=None) as socket:
    socket.send('{"type": "reset", "data": {}}')
    socket.recv()
    print("ready", flush=True)
    while True:
        socket.send('{"type": "step", "data": {"action": "forward"}}')
        socket.recv()
"""
    eventually(lambda: not server.worlds())
    url = server.url.replace("http", "ws") + "/ws"
    command = [sys.executable, "-c", script, url, json.dumps(server.headers)]
    clients = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(SESSIONS)]
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline() == b"ready\n"
    assert len(server.worlds()) == SESSIONS
    for client in clients:
        client.kill()
        client.communicate()
    eventually(lambda: not server.worlds())
    with server.client() as after:
        assert after.reset(seed=1)["done"] is False


def test_an_idle_session_is_ended_and_the_end_of_the_server_ends_its_worlds(runtime_folder: Path) -> None:
    with TaskServer(runtime_folder, TASK, "--idle-s", str(IDLE_S)) as server:
        with server.client() as client:
            client.socket.send('{"type": "reset"}')
            answers = [json.loads(answer) for answer in client.socket]
        message = f"no message within {IDLE_S} s: the session has ended; connect again"
        assert answers[-1]["data"] == {"code": "SESSION_ERROR", "message": message}
        eventually(lambda: not server.worlds())
        with server.client() as client:
            client.socket.send('{"type": "reset"}')
            (pid,) = eventually(server.worlds)
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(PATIENCE_S)
            eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_a_lost_world_truncates_its_episode_and_is_replaced(server: TaskServer, client: Client) -> None:
    before = client.reset(seed=1)
    (pid,) = server.worlds()
    os.kill(pid, signal.SIGKILL)
    seen = client.step("forward")
    assert (seen["done"], seen["reward"], seen["metadata"]["truncated"]) == (True, 0.0, True)
    assert str(pid) in seen["metadata"]["reason"]
    assert seen["observation"]["sections"] == before["observation"]["sections"]
    ended = client.say({"type": "step", "data": {"action": "forward"}})
    assert "reset first" in ended["data"]["message"]
    again = client.reset(seed=1)
    assert again["observation"]["sections"] == before["observation"]["sections"]
    assert server.worlds() not in ([], [pid])


def test_a_request_over_http_has_an_environment_of_its_own(server: TaskServer) -> None:
    eventually(lambda: not server.worlds() and server.ask("/state")[0] == 200)
    status, reset = server.ask("/reset", {"seed": 7})
    assert (status, reset["reward"], reset["done"]) == (200, None, False)
    assert server.ask("/reset", {"seed": 7})[1] == reset
    status, stepped = server.ask("/step", {"action": {"action": "forward"}})
    assert (status, stepped["metadata"]["game_ms"]) == (200, find_task(TASK).step_ms)
    assert server.ask("/state")[1]["step_count"] == 0
    status, problem = server.ask("/step", {"action": {"action": "fly"}})
    assert (status, problem["field"]) == (422, "action.action")
    assert server.worlds() == []


def test_only_what_describes_the_task_needs_no_token(server: TaskServer) -> None:
    assert server.ask("/health", authorised=False) == (200, {"status": "healthy"})
    assert server.ask("/metadata", authorised=False)[1]["name"] == find_task(TASK).name
    paths = server.ask("/openapi.json", authorised=False)[1]["paths"]
    assert {"/reset", "/step", "/state"} < set(paths)
    assert server.ask("/mcp", {}, authorised=False)[1]["error"]["code"] == -32600
    listed = server.ask("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, authorised=False)[1]
    assert (listed["id"], listed["error"]["code"]) == (1, -32601)
    for path, body in (("/reset", {}), ("/step", {"action": {"action": "forward"}}), ("/state", None)):
        assert server.ask(path, body, authorised=False)[0] == 401
    for headers in ({}, {"Authorization": "Bearer wrong"}, {**server.headers, "Origin": "https://evil.example"}):
        with pytest.raises(InvalidStatus), server.connect(headers):
            pass


def test_what_cannot_be_served_is_refused(server: TaskServer) -> None:
    runner = CliRunner()
    unknown = runner.invoke(cli, ["tasks", "serve", "nothing"])
    assert "no task is called 'nothing'" in str(unknown.exception)
    port = server.url.rpartition(":")[2]
    taken = runner.invoke(cli, ["tasks", "serve", TASK, "--port", port])
    assert f"--port {port}: cannot listen at 127.0.0.1:{port}" in str(taken.exception)
