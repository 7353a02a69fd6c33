from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pykka.messages import ProxyCall, ProxySetAttr

from tests.link.lua_listener import LuaListener
from tests.peer import FACTS, Peer
from tests.runtimes import BEAT_S, fresh, link_down, link_lost, link_up, running
from tests.supervision.lifecycles import hold
from tests.waiting import PATIENCE_S, eventually
from tests.wires import Babbler, Proxy, free_port
from timmy_actors import RefusedError, connect
from timmy_actors.link import actor as connection_actor
from timmy_actors.link import game_socket
from timmy_actors.link.actor import MAX_WARNINGS
from timmy_actors.link.messages import Transmit
from timmy_actors.protocol import CommandRequest, Ping

NOTICED_WITHIN_S = 0.05
"""The time libzmq needs to detect that its peer has closed; no event reports it. If too short, the test is weaker."""


def transmit(epoch: int, key: str) -> Transmit:
    return Transmit(epoch, "command", Ping(id=key))


def test_the_link_comes_up_and_publishes_its_server() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        link = link_up(runtime)
        assert (link.address, link.epoch, link.boot, link.reason) == (peer.address, 1, "boot-1", None)
        assert link.server is not None
        assert link.server.version == "0.8.1"
        assert link.up_after_ms is not None
        assert peer.heard[0] == {"type": "hello", "id": "hello", "protocol": 2, "client": "timmy-daemon"}


def test_it_publishes_the_round_trip_and_the_servers_load() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        eventually(lambda: runtime.shared.link.value.round_trip_ms is not None)
        load = runtime.shared.link.value.load
        assert load is not None
        assert load.tick_max_ms == 2.0
        eventually(lambda: peer.count("ping") >= 3)


def test_a_daemon_without_a_game_server_starts_and_waits() -> None:
    port = free_port()
    with running(f"tcp://127.0.0.1:{port}") as runtime:
        link_down(runtime, "connection refused")
        with Peer(port=port):
            link_up(runtime)


def test_each_incarnation_has_a_later_epoch() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        first = link_up(runtime)
        peer.__exit__()
        assert link_down(runtime, "the server closed the connection").epoch == first.epoch
        with Peer(port=peer.port):
            assert link_up(runtime, after=first.epoch).epoch > first.epoch


def test_a_message_of_another_epoch_is_not_sent() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        for stale in (epoch - 1, epoch + 1):
            runtime.directory.tell("connection", transmit(stale, "stale"))
        runtime.directory.tell("connection", transmit(epoch, "fresh"))
        peer.wait_for(lambda message: message["id"] == "fresh")
        assert not any(message["id"] == "stale" for message in peer.heard)


def test_a_frozen_peer_is_a_lost_link_and_a_thawed_one_a_new_link() -> None:
    with Peer() as peer, Proxy(peer.port) as proxy, running(proxy.address) as runtime:
        first = link_up(runtime)
        fresh(runtime)
        proxy.freeze()
        assert link_down(runtime, "silent").epoch == first.epoch
        assert runtime.snapshot().stale
        proxy.thaw()
        link_up(runtime, after=first.epoch)
        fresh(runtime)


def test_a_frozen_peer_is_detected_within_three_and_a_half_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks the socket's options, because measured times on a busy machine prove nothing."""
    options: list[tuple[Any, ...]] = []

    def connect(*arguments: Any) -> Any:
        options.append(arguments[3:5])
        return real(*arguments)

    real = game_socket.connect
    monkeypatch.setattr(game_socket, "connect", connect)
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
    heartbeat_s, patience_s = options[0]
    assert heartbeat_s == BEAT_S
    assert heartbeat_s + patience_s <= 3.5 * heartbeat_s


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"garbage",
        b'{"type":"tomorrow","id":"1"}',
        b'{"type":"result","id":"unasked","value":{}}',
        b"\xff" * 9,
    ],
)
def test_an_invalid_message_does_not_end_the_link(frame: bytes) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        peer.say(frame)
        assert runtime.command("message", text="still here").ok
        assert runtime.shared.link.value.epoch == epoch


def test_a_second_welcome_is_ignored() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.silent_to = {"command"}
        arguments = {"player": "Timmy", "text": "once"}
        runtime.directory.tell(
            "command", CommandRequest(id="1", name="message", arguments=arguments, command_id="once")
        )
        peer.wait_for(lambda message: message["id"] == "once")
        peer.push({"id": "hello", **peer.welcome()})
        peer.silent_to = ()
        peer.push({"type": "result", "id": "once", "value": {}})
        assert runtime.command("message", text="after it").ok
        assert (peer.count("subscribe"), peer.count("command")) == (1, 2)


def test_a_declined_hello_is_a_lost_link_with_the_servers_message() -> None:
    with Peer() as peer:
        peer.declines = "speak protocol 2"
        with running(peer.address) as runtime:
            link_down(runtime, "the server declined: speak protocol 2")
            peer.declines = None
            link_up(runtime)


RIVAL = {
    "type": "error",
    "error": {"code": "not_permitted", "message": "another connection said hello as this client", "field": "client"},
}


def test_a_daemon_whose_name_is_taken_over_reports_it_and_pauses_before_reconnecting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection_actor, "RIVAL_PAUSE_S", 0.3)
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        began = time.monotonic()
        peer.push(RIVAL)
        lost = link_down(runtime, "another connection uses the name 'timmy-daemon'")
        assert "give one of them another name" in (lost.reason or "")
        with pytest.raises(RefusedError, match="another connection"):
            runtime.command("message", text="hi")
        link_up(runtime, after=epoch)
        assert time.monotonic() - began >= 0.3
        assert runtime.directory.entries["connection"].restarts == 1


@pytest.fixture
def listener() -> Iterator[LuaListener]:
    listener = LuaListener(mechanism="NULL")
    yield listener
    listener.kill()


def test_of_two_daemons_with_one_name_the_older_is_disconnected_and_reports_why(
    listener: LuaListener, runtime_folder: Path
) -> None:
    address = f"tcp://127.0.0.1:{listener.port}"
    with running(address) as first:
        link_up(first)
        with running(address, endpoint=f"ipc://{runtime_folder}/second.sock") as second:
            link_up(second)
            link_down(first, "another connection uses the name")
            assert first.directory.entries["connection"].restarts == 0
            assert second.shared.link.value.state == "up"


def test_a_server_that_never_answers_the_hello_is_a_lost_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_socket, "UP_WITHIN_S", 0.1)
    with Peer(silent_to={"hello"}) as peer, running(peer.address) as runtime:
        link_down(runtime, "did not answer the hello")
        peer.silent_to = ()
        monkeypatch.setattr(game_socket, "UP_WITHIN_S", 10.0)
        link_up(runtime)


@pytest.mark.parametrize("between", [0, 1])
def test_a_link_that_has_just_ended_is_not_reported_as_one_that_does_not_read(between: int) -> None:
    """The actor is blocked while its peer closes; the two cases differ in whether it sends or polls next."""
    begun, release = threading.Event(), threading.Event()
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        tell = partial(runtime.directory.tell, "connection")
        tell(ProxySetAttr(("hold_up",), hold(begun, release)))
        tell(ProxyCall(("hold_up",), (), {}))
        assert begun.wait(PATIENCE_S)
        for number in range(between + 1):
            tell(transmit(epoch - between + number, "unsent"))
        peer.__exit__()
        threading.Event().wait(NOTICED_WITHIN_S)
        release.set()
        assert link_down(runtime, "the server closed the connection").epoch == epoch


ZMTP_2 = b"\xff\0\0\0\0\0\0\0\1\x7f\x01\x05"
STALLED = b"\xff\0\0\0\0\0\0\0\1\x7f\x03\x01NULL" + bytes(48)


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (b"", "the peer sent nothing"),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10,
            "does not use ZeroMQ: its first bytes are 'HTTP/1.1 400 Bad Request'",
        ),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "does not use ZeroMQ: its first bytes are 'SSH-2.0-OpenSSH_9.2p1'"),
        (ZMTP_2, "version 1 of ZMTP, but version 3 is required"),
        (STALLED[:20], "too slow: it sent 20 of 64 bytes"),
        (STALLED, "did not continue the handshake"),
    ],
    ids=["mute", "http", "ssh", "version", "slow", "stalled"],
)
def test_a_peer_that_is_not_a_bridge_is_described(
    content: bytes, description: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(game_socket, "HANDSHAKE_TIMEOUT_MS", 200)
    monkeypatch.setattr(connection_actor, "PROBE_TIMEOUT_S", 0.2)
    with Babbler(content) as other, running(other.address) as runtime:
        link_down(runtime, description)


def test_a_bridge_of_another_protocol_version_is_reported() -> None:
    with Peer(protocol=3) as peer, running(peer.address) as runtime:
        link_down(runtime, "uses version 3 of the bridge protocol, this daemon versions 1 to 2")


def test_a_host_name_that_cannot_be_resolved_is_reported() -> None:
    with running("tcp://no-such-host.invalid:7979") as runtime:
        link_down(runtime, "the host name could not be resolved")


def test_a_host_name_is_resolved() -> None:
    with Peer() as peer, running(f"tcp://localhost:{peer.port}") as runtime:
        assert link_up(runtime).address == f"tcp://localhost:{peer.port}"


def test_a_name_service_that_does_not_answer_is_reported_and_blocks_no_actor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(game_socket, "UP_WITHIN_S", 0.1)
    called, release = threading.Event(), threading.Event()

    def never(*_: object) -> None:
        called.set()
        release.wait()
        raise OSError("it gave up")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with running("tcp://slow.invalid:7979") as runtime:
        assert called.wait(PATIENCE_S)
        link_down(runtime, "the name service did not answer")
        restarts = runtime.directory.entries["connection"].restarts
        eventually(lambda: runtime.directory.entries["connection"].restarts > restarts)
        assert sum(thread.name.startswith("lookup of") for thread in threading.enumerate()) == 1
        with connect() as daemon:
            assert daemon.status().verdict == "down"
        runtime.stop()
        assert runtime.wait(0)
    release.set()


def test_a_silent_server_is_suspect_until_its_next_message() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        peer.silent_to = ("ping",)
        suspect = eventually(lambda: link if (link := runtime.shared.link.value).state == "suspect" else None)
        assert suspect is not None
        eventually(lambda: "has gone silent" in " ".join(runtime.status().reasons))
        assert runtime.status().verdict == "degraded"
        assert runtime.command("message", text="hello").ok
        assert link_up(runtime).epoch == epoch


def test_a_server_that_answers_nothing_is_a_lost_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_actor, "MAX_UNANSWERED", 3)
    with Peer(silent_to={"ping"}) as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        for number in range(4):
            runtime.directory.tell("connection", transmit(epoch, f"unanswered {number}"))
        eventually(lambda: runtime.directory.entries["connection"].restarts == 1)
        assert runtime.directory.entries["connection"].last_reason == "the server left 3 messages unanswered"


def test_a_bug_in_the_connection_ends_one_incarnation() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        runtime.directory.tell("connection", Transmit(epoch, "command", object()))  # type: ignore[arg-type]
        link_up(runtime, after=epoch)
        assert "AttributeError" in (runtime.directory.entries["connection"].last_reason or "")


def test_a_link_that_flaps_leaks_no_thread() -> None:
    port, epoch = free_port(), 0
    with running(f"tcp://127.0.0.1:{port}") as runtime:
        before = threading.active_count()
        for _ in range(5):
            with Peer(port=port):
                epoch = link_up(runtime, after=epoch).epoch
            link_lost(runtime)
        eventually(lambda: threading.active_count() <= before)


def test_the_servers_clock_is_updated_by_each_pong() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        first = link_up(runtime).server_clock_ms
        assert first is not None
        peer.ahead_ms += 90_000
        eventually(lambda: (runtime.shared.link.value.server_clock_ms or 0) > first + 80_000)


def test_an_oversized_message_is_refused_and_the_link_stays_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(FACTS, "limits", {"frame_bytes": 2_000})
    with Peer() as peer, running(peer.address) as runtime:
        epoch = link_up(runtime).epoch
        with pytest.raises(RefusedError, match=r"the game server accepts 2000 \(limits.frame_bytes\)") as refused:
            runtime.command("message", text="\u00e4" * 1_000)
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "arguments")
        assert runtime.command("message", text="short").ok
        assert (peer.count("command"), runtime.shared.link.value.epoch) == (1, epoch)


def test_invalid_messages_of_a_server_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        for number in range(200):  # twice as many messages: a ROUTER drops what exceeds its high-water mark of 1,000
            peer.say(b"nonsense")
            peer.push({"type": "error", "error": {"code": "internal", "message": f"fault {number}"}})
        peer.perceive(x=7.0)
        fresh(runtime, x=7.0)
    assert caplog.text.count("dropped an invalid message from the game server") == 1
    assert caplog.text.count("the game server reported an error: fault") == MAX_WARNINGS - 1
