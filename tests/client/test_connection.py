from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.peer import Peer
from tests.runtimes import fresh, link_lost, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Daemon, RefusedError, Runtime, connect
from timmy_actors.client import calls
from timmy_actors.client import watching as following
from timmy_actors.errors import ConfigError, DaemonUnreachableError, ProtocolError
from timmy_actors.protocol import MAX_REQUEST_BYTES, Pushed


def test_the_same_calls_have_the_same_answers_in_process_and_from_another(runtime: Runtime) -> None:
    with connect() as daemon:
        assert daemon.snapshot() == runtime.snapshot()
        assert daemon.snapshot("Timmy") == runtime.snapshot("Timmy")
        assert daemon.portals() == runtime.portals()
        assert daemon.status().link.boot == runtime.status().link.boot
        assert daemon.command("message", text="hi").value == runtime.command("message", text="hi").value


@pytest.mark.parametrize(
    ("name", "arguments", "code", "field"),
    [
        ("dance", {}, "unknown_command", "name"),
        ("give_item", {"item": "x", "count": 0}, "bad_arguments", "count"),
        ("teleport", {"x": 1.0}, "bad_arguments", None),
    ],
)
def test_a_refusal_is_the_same_in_process_and_from_another(
    runtime: Runtime, name: str, arguments: dict[str, Any], code: str, field: str | None
) -> None:
    with connect() as daemon:
        for call in (runtime.command, daemon.command):
            with pytest.raises(RefusedError) as refused:
                call(name, **arguments)
            assert (refused.value.code, refused.value.field) == (code, field)


def test_a_commands_own_id_reaches_the_game_from_another_process_too(runtime: Runtime, peer: Peer) -> None:
    with connect() as daemon:
        assert daemon.command("message", text="hi", command_id="mine").id == "mine"
        assert peer.wait_for(lambda message: message["type"] == "command")["id"] == "mine"
        for call in (runtime.command, daemon.command):
            for wrong in ("", "x" * 129, "two\nlines"):
                with pytest.raises(RefusedError) as refused:
                    call("message", text="hi", command_id=wrong)
                assert (refused.value.code, refused.value.field) == ("bad_arguments", "command_id")


def test_an_invalid_request_is_refused_with_its_field(runtime: Runtime) -> None:
    with connect() as daemon:
        with pytest.raises(RefusedError) as refused:
            daemon.snapshot("")
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "player")
        for timeout_s in (0.0, -1.0, 61.0, float("nan")):
            with pytest.raises(RefusedError) as refused:
                daemon.command("message", text="hi", timeout_s=timeout_s)
            assert refused.value.field == "timeout_s"
        with pytest.raises(RefusedError) as refused:
            daemon.command("message", text=object())
        assert refused.value.field == "arguments"
        assert daemon.status().verdict


def test_more_than_a_daemon_takes_is_refused_before_it_is_sent(runtime_folder: Path) -> None:
    with deaf(runtime_folder) as (endpoint, router), connect(endpoint, timeout_s=0.05) as daemon:
        with pytest.raises(RefusedError, match=f"the limit is {MAX_REQUEST_BYTES}") as refused:
            daemon.command("message", text="x" * MAX_REQUEST_BYTES)
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "arguments")
        with pytest.raises(DaemonUnreachableError):
            daemon.status()
        assert b"status" in next_request(router)[-1]


def test_a_wrong_player_is_refused_by_name(runtime: Runtime) -> None:
    with connect() as daemon, pytest.raises(RefusedError, match="Nobody"):
        daemon.snapshot("Nobody")


def test_a_missing_daemon_is_reported_at_once_with_the_remedy(runtime_folder: Path) -> None:
    with pytest.raises(DaemonUnreachableError, match="start one with 'timmy-actors run'"):
        connect()
    with pytest.raises(ConfigError):
        connect("tcp://127.0.0.1:1")


def test_a_socket_that_a_killed_daemon_left_is_no_daemon(runtime_folder: Path) -> None:
    import socket

    path = runtime_folder / "left.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with pytest.raises(DaemonUnreachableError, match="Connection refused"):
        connect(f"ipc://{path}")


@contextmanager
def deaf(folder: Path) -> Iterator[tuple[str, zmq.Socket[bytes]]]:
    """A daemon that accepts connections and answers no request."""
    context: zmq.Context[Any] = zmq.Context()
    router: zmq.Socket[bytes] = context.socket(zmq.ROUTER)
    endpoint = f"ipc://{folder}/deaf.sock"
    router.bind(endpoint)
    yield endpoint, router
    context.destroy(linger=0)


def next_request(router: zmq.Socket[bytes]) -> list[bytes]:
    """The next message that is not a probe."""
    while not (frames := router.recv_multipart())[-1]:
        pass
    return frames


def test_a_call_on_a_closed_connection_says_so(runtime: Runtime) -> None:
    daemon = connect()
    daemon.close()
    for call in (daemon.status, daemon.portals, daemon.snapshot, lambda: daemon.command("message", text="hi")):
        with pytest.raises(DaemonUnreachableError, match="is closed"):
            call()
    daemon.close()


@pytest.mark.parametrize("frame", [b"", b"\xff", b"[]", b'{"id":"1","status":{"verdict":"splendid"}}'])
def test_an_invalid_answer_raises_a_protocol_error(runtime_folder: Path, frame: bytes) -> None:
    def answer() -> None:
        client, _ = next_request(router)
        router.send_multipart([client, frame])

    with deaf(runtime_folder) as (endpoint, router), connect(endpoint) as daemon:
        answering = threading.Thread(target=answer)
        answering.start()
        with pytest.raises(ProtocolError, match="check that the daemon has this client's version"):
            daemon.status()
        answering.join(PATIENCE_S)


def test_a_daemon_that_does_not_answer_is_reported(runtime_folder: Path) -> None:
    timed_out = pytest.raises(DaemonUnreachableError, match=r"did not answer within 0\.05 s")
    with deaf(runtime_folder) as (endpoint, _), connect(endpoint, timeout_s=0.05) as daemon, timed_out:
        daemon.status()


def test_an_answer_that_came_too_late_is_not_taken_for_the_next_ones(
    runtime: Runtime, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "TRANSPORT_MARGIN_S", 0.0)
    peer.silent_to = {"command"}
    with connect() as daemon:
        timeout_s = 0.05
        while not peer.count("command"):  # a busy daemon reads some only after their deadline, and sends none of those
            with pytest.raises(DaemonUnreachableError):
                daemon.command("message", text="late", timeout_s=timeout_s)
            timeout_s *= 2
        late = peer.wait_for(lambda message: message["type"] == "command")
        peer.push({"type": "result", "id": late["id"], "value": {"late": True}})
        assert daemon.status().link.state == "up"


def test_a_command_that_was_given_up_is_not_carried_out_by_a_daemon_that_comes_back(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "TRANSPORT_MARGIN_S", 0.0)
    with running(peer.address) as first:
        fresh(first)
        daemon = connect()
    with pytest.raises(DaemonUnreachableError):
        daemon.command("give_item", item="gold_001", timeout_s=0.05)
    with running(peer.address) as second:
        fresh(second)
        assert daemon.status().link.state == "up"
        assert second.command("message", text="hi").ok
    daemon.close()
    assert [message["name"] for message in peer.heard if message["type"] == "command"] == ["message"]


def test_a_connection_outlives_its_daemons_restart(peer: Peer) -> None:
    with running(peer.address):
        daemon = connect()
    with running(peer.address) as second:
        fresh(second)
        assert daemon.status().pid == os.getpid()
    daemon.close()


def test_what_happens_from_the_call_on_is_watched(runtime: Runtime, peer: Peer) -> None:
    with connect() as daemon:
        pushes = daemon.watch()
        peer.happen("chat", text="hello")
        pushed = next(pushes)
        assert pushed.event is not None
        assert pushed.event.data == {"text": "hello"}
        peer.perceive(x=7.0)
        pushed = next(pushes)
        assert pushed.snapshot is not None
        assert pushed.snapshot.position is not None
        assert pushed.snapshot.position.x == 7.0
        pushes.close()


def test_a_watch_that_is_refused_says_so_at_once(runtime: Runtime) -> None:
    with connect() as daemon, pytest.raises(RefusedError):
        daemon.watch("")


def test_a_quiet_watch_goes_on(runtime: Runtime, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RENEW_AFTER_S", 0.02)
    with connect() as daemon:
        pushes, seen = daemon.watch("Jiub"), list[Pushed]()
        watching = threading.Thread(target=lambda: seen.append(next(pushes)))
        watching.start()
        for text in "abc":
            peer.happen("chat", text=text)
        watching.join(0.2)
        assert watching.is_alive()
        peer.happen("chat", player="Jiub", text="at last")
        watching.join(PATIENCE_S)
        assert seen[0].event is not None
        pushes.close()


def test_a_watch_reports_that_its_daemon_ended_and_ends_when_it_does_not_come_back(peer: Peer) -> None:
    with running(peer.address) as runtime:
        fresh(runtime)
        daemon = connect()
        pushes = daemon.watch("Jiub", reconnect_s=0.0)
    gone = next(pushes)
    assert gone.link is not None
    assert (gone.link.carries, gone.seq) == (False, 1)
    assert "ended" in (gone.link.reason or "")
    with pytest.raises(DaemonUnreachableError, match="did not come back"):
        next(pushes)
    pushes.close()
    daemon.close()


def test_a_stale_snapshot_is_stale_from_another_process_too(peer: Peer) -> None:
    with running(peer.address) as runtime, connect() as daemon:
        fresh(runtime)
        peer.__exit__()
        link_lost(runtime)
        assert daemon.snapshot().stale
        eventually(lambda: daemon.status().verdict == "down")


def test_threads_may_share_a_connection(runtime: Runtime) -> None:
    with connect() as daemon:
        pids: list[int] = []
        callers = [threading.Thread(target=lambda: pids.append(daemon.status().pid)) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(PATIENCE_S)
        assert pids == [os.getpid()] * 8


def test_a_daemon_that_accepts_no_connections_keeps_no_caller_waiting(runtime_folder: Path) -> None:
    import socket

    path = str(runtime_folder / "frozen.sock")
    with ExitStack() as waiting, socket.socket(socket.AF_UNIX) as frozen:
        frozen.bind(path)
        frozen.listen(0)
        code = 0
        while code == 0:
            caller = waiting.enter_context(socket.socket(socket.AF_UNIX))
            caller.setblocking(False)
            code = caller.connect_ex(path)
        assert code == errno.EAGAIN
        with pytest.raises(DaemonUnreachableError, match="it is frozen, or overloaded"):
            connect(f"ipc://{path}", timeout_s=0.05)


def test_closing_it_ends_the_call_that_waits_in_another_thread(runtime_folder: Path) -> None:
    ended: list[str] = []

    def ask(daemon: Daemon) -> None:
        try:
            daemon.status()
        except DaemonUnreachableError as error:
            ended.append(str(error))

    with deaf(runtime_folder) as (endpoint, router):
        for _ in range(20):
            daemon = connect(endpoint, timeout_s=10 * PATIENCE_S)
            asking = threading.Thread(target=ask, args=(daemon,))
            asking.start()
            next_request(router)
            daemon.close()
            asking.join(PATIENCE_S)
    assert ended == [f"the connection to the daemon at {endpoint} is closed"] * 20
