"""Tests of the real Lua listener over TCP, with pyzmq clients and with misbehaving peers."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zmq

from tests.fuzz.listener_fuzz import fuzz
from tests.link import zmtp_bytes as zmtp
from tests.link.lua_listener import TOKEN, LuaListener, answer, ask, eventually, hello, is_closed_by_peer
from tests.waiting import PATIENCE_S
from timmy_actors.protocol import SERVER_MESSAGE

FAR_DEADLINE = 10**13
SOCKETS = ("luasocket", "ffi")
CLIENTS, STRANGERS_EACH = 20, 64
"""The mean number of strangers that may connect while a client gets in: as many as connect in a tenth of a second on an
idle machine. If strangers occupied their places for the handshake timeout, a hundred times as many would connect."""


@pytest.fixture
def context() -> Iterator[zmq.Context[Any]]:
    with zmq.Context() as context:
        yield context
        context.destroy(linger=0)


def serving(
    sockets: str = "luasocket", mechanism: str = "PLAIN", runtime: tuple[str, ...] | None = None, **limits: float
) -> Iterator[LuaListener]:
    listener = LuaListener(sockets, mechanism, runtime, **limits)
    yield listener
    listener.kill()


@pytest.fixture(params=SOCKETS)
def listener(request: pytest.FixtureRequest) -> Iterator[LuaListener]:
    yield from serving(request.param)


@pytest.fixture
def quick_listener() -> Iterator[LuaListener]:
    """Timeouts of a few tenths of a second."""
    yield from serving(handshake_s=0.2, heartbeat_interval_s=0.1, heartbeat_timeout_s=0.3)


@pytest.fixture
def beating_listener() -> Iterator[LuaListener]:
    """Many heartbeats per timeout, so that a healthy peer answers in time on a busy machine too."""
    yield from serving(heartbeat_interval_s=0.1, heartbeat_timeout_s=2.0, handshake_s=5.0)


def monitor_of(listener: LuaListener, peer: zmq.Socket[Any], events: int) -> zmq.Socket[Any]:
    monitor = listener.keep(peer.get_monitor_socket(events))
    monitor.rcvtimeo = 10_000
    return monitor


def next_event(monitor: zmq.Socket[Any]) -> int:
    return int.from_bytes(monitor.recv_multipart()[0][:2], sys.byteorder)


def assert_serves_others(listener: LuaListener, context: zmq.Context[Any]) -> None:
    assert hello(listener.connect(context), "another-client")["type"] == "welcome"


def test_a_dealer_gets_valid_answers(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.connect(context)
    welcome = hello(peer)
    SERVER_MESSAGE.validate_python(welcome)
    assert welcome["boot"] == "b00t"
    SERVER_MESSAGE.validate_python(ask(peer, type="ping"))
    done = ask(peer, type="command", id="c", name="message", arguments={}, deadline=FAR_DEADLINE)
    SERVER_MESSAGE.validate_python(done)
    assert ask(peer, type="command", id="c", name="message", arguments={}, deadline=FAR_DEADLINE) == done
    assert listener.stop()["ran"] == 1


def test_a_req_gets_answers_but_no_pushes(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.connect(context, zmq.REQ)
    assert hello(peer)["type"] == "welcome"
    assert ask(peer, type="subscribe", sections=["world"])["error"]["code"] == "not_permitted"
    assert ask(peer, type="ping")["type"] == "pong"


def test_a_req_with_req_correlate_is_closed_and_the_reason_logged(
    listener: LuaListener, context: zmq.Context[Any]
) -> None:
    peer = listener.keep(context.socket(zmq.REQ))
    peer.setsockopt(zmq.REQ_CORRELATE, 1)
    peer.setsockopt(zmq.RECONNECT_IVL, -1)
    peer.plain_username, peer.plain_password = b"timmy", TOKEN.encode()
    peer.connect(f"tcp://127.0.0.1:{listener.port}")
    peer.send_json({"type": "hello", "id": "1", "client": "correlating"})
    assert listener.logs("a message has more than 2 parts")
    assert_serves_others(listener, context)


def test_pushes_are_numbered_without_a_gap(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.connect(context)
    hello(peer)
    assert ask(peer, type="subscribe", sections=["world"], rate_hz=20, players=["Timmy"])["type"] == "subscribed"
    pushes = [peer.recv_json() for _ in range(5)]
    assert [push["seq"] for push in pushes] == [1, 2, 3, 4, 5]  # type: ignore[index, call-overload]
    assert [push["full"] for push in pushes] == [True, False, False, False, False]  # type: ignore[index, call-overload]


def test_a_null_listener_accepts_a_peer_without_a_token(context: zmq.Context[Any]) -> None:
    for listener in serving(mechanism="NULL"):
        assert hello(listener.connect(context))["type"] == "welcome"


def test_a_wrong_token_fails_the_handshake(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.keep(context.socket(zmq.DEALER))
    peer.plain_username, peer.plain_password = b"timmy", b"wrong"
    failed = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    monitor = monitor_of(listener, peer, failed | zmq.EVENT_HANDSHAKE_SUCCEEDED)
    peer.connect(f"tcp://127.0.0.1:{listener.port}")
    assert next_event(monitor) & failed
    assert_serves_others(listener, context)


@pytest.mark.parametrize("kind", [zmq.PUB, zmq.SUB, zmq.ROUTER, zmq.PAIR])
def test_another_socket_type_is_refused(kind: int, context: zmq.Context[Any]) -> None:
    for listener in serving():
        listener.connect(context, kind)
        assert listener.logs("connect a DEALER or REQ socket")
        assert_serves_others(listener, context)


def test_bytes_that_arrive_one_by_one_are_accepted(listener: LuaListener) -> None:
    request = zmtp.frame(b'{"type":"hello","id":"1","client":"slow"}')
    with listener.raw() as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in zmtp.opening("PLAIN", TOKEN) + request:
            raw.sendall(bytes([byte]))
        received = b""
        while b'"welcome"' not in received:
            received += raw.recv(65536)


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        zmtp.greeting("PLAIN", (2, 0)),
        zmtp.greeting("CURVE"),
        zmtp.opening("NULL", TOKEN),
        zmtp.opening("PLAIN", TOKEN) + b"\xff" * 20,
        zmtp.opening("PLAIN", TOKEN) + b"\x02" + (2**63 - 1).to_bytes(8, "big"),
        zmtp.opening("PLAIN", TOKEN) + b"\x02" + (65537).to_bytes(8, "big"),
        zmtp.opening("PLAIN", TOKEN) + zmtp.frame(b"a", 1) * 3,
        zmtp.opening("PLAIN", TOKEN) + zmtp.command("PING", b"\0\0" + b"x" * 17),
    ],
    ids=["HTTP", "ZMTP 2", "CURVE", "no token", "garbage", "2^63 bytes", "64 KiB and 1", "three parts", "long context"],
)
def test_a_protocol_violation_closes_only_that_peer(
    stream: bytes, listener: LuaListener, context: zmq.Context[Any]
) -> None:
    good = listener.connect(context)
    hello(good)
    with listener.raw() as raw:
        raw.sendall(stream)
        assert is_closed_by_peer(raw)
    assert ask(good, type="ping")["type"] == "pong"


def test_a_mute_peer_is_closed_after_the_handshake_timeout(quick_listener: LuaListener) -> None:
    with quick_listener.raw() as raw:
        assert is_closed_by_peer(raw)
    assert quick_listener.logs("the handshake took too long")


def test_a_peer_that_answers_pings_stays_connected(beating_listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = beating_listener.connect(context)
    hello(peer)
    with beating_listener.raw() as raw:  # times out; a peer that answered no ping would too by then
        raw.sendall(zmtp.opening("PLAIN", TOKEN))
        assert is_closed_by_peer(raw)
    assert beating_listener.logs("heartbeat timeout")
    assert ask(peer, type="ping")["type"] == "pong"


def test_a_peer_silent_past_its_own_ttl_is_closed(listener: LuaListener) -> None:
    with listener.raw() as raw:
        raw.sendall(zmtp.opening("PLAIN", TOKEN) + zmtp.command("PING", b"\0\x01"))
        assert is_closed_by_peer(raw)
    assert listener.logs("ttl")


FROZEN_CLIENT = """
import sys, zmq
peer = zmq.Context().socket(zmq.DEALER)
peer.plain_username, peer.plain_password = b"timmy", sys.argv[2].encode()
peer.connect(f"tcp://127.0.0.1:{sys.argv[1]}")
peer.send_json({"type": "hello", "id": "1", "client": "frozen"})
print(peer.recv_json()["type"], flush=True)
sys.stdin.read()
"""


def test_a_frozen_client_is_closed(beating_listener: LuaListener, context: zmq.Context[Any]) -> None:
    client = subprocess.Popen(
        [sys.executable, "-c", FROZEN_CLIENT, str(beating_listener.port), TOKEN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with client:
        assert client.stdout is not None
        assert client.stdout.readline().strip() == "welcome"
        client.send_signal(signal.SIGSTOP)
        assert beating_listener.logs("heartbeat timeout")
        client.kill()
    assert_serves_others(beating_listener, context)


def test_a_listener_frozen_for_less_than_the_timeout_keeps_its_client(
    listener: LuaListener, context: zmq.Context[Any]
) -> None:
    peer = listener.connect(context)
    hello(peer)
    listener.process.send_signal(signal.SIGSTOP)
    peer.send_json({"type": "ping", "id": "frozen"})
    assert peer.poll(100) == 0
    listener.process.send_signal(signal.SIGCONT)
    assert answer(peer)["id"] == "frozen"


def test_the_clients_heartbeat_is_answered(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peer = listener.keep(context.socket(zmq.DEALER))
    peer.setsockopt(zmq.HEARTBEAT_IVL, 20)
    peer.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1_500)
    peer.plain_username, peer.plain_password = b"timmy", TOKEN.encode()
    peer.rcvtimeo = 10_000
    monitor = monitor_of(listener, peer, zmq.EVENT_DISCONNECTED)
    peer.connect(f"tcp://127.0.0.1:{listener.port}")
    hello(peer)
    assert monitor.poll(2_500) == 0, "libzmq reported a heartbeat timeout"
    listener.process.send_signal(signal.SIGSTOP)
    assert next_event(monitor) == zmq.EVENT_DISCONNECTED
    listener.process.send_signal(signal.SIGCONT)


def test_many_peers_are_served_at_once(listener: LuaListener, context: zmq.Context[Any]) -> None:
    peers = [listener.connect(context) for _ in range(30)]
    for number, peer in enumerate(peers):
        peer.send_json({"type": "hello", "id": str(number), "client": f"client-{number}"})
    assert [answer(peer)["id"] for peer in peers] == [str(number) for number in range(30)]


def test_a_peer_over_the_limit_is_closed_and_accepted_once_another_has_left(context: zmq.Context[Any]) -> None:
    for listener in serving(max_peers=1):
        first = listener.connect(context)
        hello(first)
        with listener.raw() as raw:
            assert is_closed_by_peer(raw)
        assert ask(first, type="ping")["type"] == "pong"
        first.close()
        assert listener.logs("peer 1 closed")
        assert_serves_others(listener, context)


@contextmanager
def mute_strangers(listener: LuaListener) -> Iterator[list[socket.socket]]:
    """At most five hundred new connections a second that send nothing and stay open."""
    over, opened = threading.Event(), list[socket.socket]()

    def open_and_say_nothing() -> None:
        while not over.wait(0.002):
            opened.append(listener.raw())

    stranger = threading.Thread(target=open_and_say_nothing)
    stranger.start()
    try:
        yield opened
    finally:
        over.set()
        stranger.join()
        for raw in opened:
            raw.close()


def test_clients_connect_while_mute_strangers_keep_connecting(listener: LuaListener, context: zmq.Context[Any]) -> None:
    """The measure is the number of strangers, whom a busy machine slows down as well; a dropped client reconnects."""
    with mute_strangers(listener) as strangers:
        assert eventually(lambda: any("limits.max_handshakes" in line for line in list(listener.log)), PATIENCE_S)
        before = len(strangers)
        for number in range(CLIENTS):
            client = listener.connect(context, reconnect_ms=20)
            client.rcvtimeo = round(PATIENCE_S * 1000)
            hello(client, f"client-{number}")
        assert len(strangers) - before < CLIENTS * STRANGERS_EACH


def test_a_hundred_clients_at_once_all_connect(context: zmq.Context[Any]) -> None:
    for listener in serving(max_peers=100, max_handshakes=8):
        herd = [listener.connect(context, reconnect_ms=20) for _ in range(100)]
        for number, peer in enumerate(herd):
            peer.send_json({"type": "hello", "id": str(number), "client": f"client-{number}"})
        assert [answer(peer)["id"] for peer in herd] == [str(number) for number in range(100)]


def test_a_hello_closes_the_older_connection_of_the_same_client(
    listener: LuaListener, context: zmq.Context[Any]
) -> None:
    older = listener.connect(context)
    monitor = monitor_of(listener, older, zmq.EVENT_DISCONNECTED)
    hello(older, "twice")
    newer = listener.connect(context)
    hello(newer, "twice")
    error = answer(older)
    assert (error["type"], error["error"]["code"], error["error"]["field"]) == ("error", "not_permitted", "client")
    assert next_event(monitor) == zmq.EVENT_DISCONNECTED
    assert ask(newer, type="ping")["type"] == "pong"


def observe_requests(count: int) -> bytes:
    observe = b'{"type":"observe","id":"o","player":"Timmy","sections":["inventory"]}'
    return zmtp.frame(b'{"type":"hello","id":"1","client":"reader"}') + zmtp.frame(observe) * count


@pytest.mark.parametrize("sockets", SOCKETS)
def test_a_slow_reader_gets_every_answer_complete(sockets: str, context: zmq.Context[Any]) -> None:
    answers, size = 100, 100_000
    for listener in serving(sockets, padding=size, pending_bytes=20_000_000):
        good = listener.connect(context)
        hello(good, "good")
        with listener.raw() as raw:
            raw.sendall(zmtp.opening("PLAIN", TOKEN) + observe_requests(answers))
            for _ in range(30):  # 30 polls: all is answered by then, and exceeds the kernel's buffers
                ask(good, type="ping")
            received = bytearray()
            while received.count(b'"type":"perception"') < answers:
                received += raw.recv(300_000)
        assert received.count(b"x" * size) == answers


def test_a_reader_that_never_reads_is_closed_and_delays_no_other(
    listener: LuaListener, context: zmq.Context[Any]
) -> None:
    good = listener.connect(context)
    hello(good, "good")
    with listener.raw() as raw:
        sender = threading.Thread(target=_send_until_closed, args=(raw, zmtp.opening("PLAIN", TOKEN)))
        sender.start()
        assert listener.logs("bytes wait to be written")
        sender.join()
    assert ask(good, type="ping")["type"] == "pong"


def _send_until_closed(raw: socket.socket, opening: bytes) -> None:
    try:
        raw.sendall(opening + zmtp.frame(b'{"type":"hello","id":"1","client":"deaf"}'))
        while True:
            raw.sendall(zmtp.frame(b'{"type":"hello","id":"1","client":"deaf"}') * 100)
    except OSError:
        return


@pytest.mark.parametrize("sockets", SOCKETS)
def test_random_streams_disturb_no_other_peer(sockets: str) -> None:
    report = fuzz(600, sockets=sockets, mechanism="PLAIN", seed=7, report=False)
    assert not report.faults, report
    assert report.accepted >= report.streams


def test_the_listener_also_runs_in_lupa(context: zmq.Context[Any]) -> None:
    pytest.importorskip("lupa.luajit21")
    program = (
        "import sys; from lupa.luajit21 import LuaRuntime; script, *rest = sys.argv[1:]; "
        "LuaRuntime().eval(f'assert(loadfile([[{script}]]))')(*rest)"
    )
    for listener in serving("ffi", runtime=(sys.executable, "-c", program)):
        assert hello(listener.connect(context))["type"] == "welcome"
