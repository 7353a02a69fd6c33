"""Clients of the gateway other than a plain DEALER: REQ, proxies, probes, duplicate routing ids, old versions."""

from __future__ import annotations

import json
import os
import socket as sockets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime, connect
from timmy_actors.client.endpoint import endpoint_path
from timmy_actors.serving import connections
from timmy_actors.serving.connections import shut_down
from timmy_actors.serving.listeners import LocalListener

STATUS = b'{"type":"status","id":"1"}'
TICK_S = 0.05
"""How long a connection may be silent in these tests."""


class Clients:
    """The sockets of one test, closed at its end."""

    def __init__(self) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        self._open: list[zmq.Socket[bytes]] = []

    def open(self, runtime: Runtime, kind: int = zmq.DEALER, **options: Any) -> zmq.Socket[bytes]:
        """Connect a client; `options` are ZeroMQ's socket options."""
        client: zmq.Socket[bytes] = self._context.socket(kind)
        self._open.append(client)
        client.rcvtimeo = round(PATIENCE_S * 1000)
        for name, value in options.items():
            setattr(client, name, value)
        client.connect(runtime.endpoint)
        return client

    def ends_of(self, client: zmq.Socket[bytes]) -> zmq.Socket[bytes]:
        """A monitor that reports when a client's connection ends."""
        monitor: zmq.Socket[bytes] = client.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._open.append(monitor)
        monitor.rcvtimeo = round(PATIENCE_S * 1000)
        return monitor

    def close(self) -> None:
        """Close all sockets."""
        self._context.destroy(linger=0)


@pytest.fixture
def clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    clients.close()


@pytest.fixture
def impatient(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """A daemon that soon disconnects silent clients."""
    monkeypatch.setattr(connections, "SPEAK_WITHIN_S", TICK_S)
    with running(peer.address) as runtime:
        fresh(runtime)
        yield runtime


def ask(client: zmq.Socket[bytes], **request: Any) -> dict[str, Any]:
    client.send(json.dumps({"id": "1", **request}).encode())
    answer: dict[str, Any] = json.loads(client.recv())
    return answer


def test_a_req_is_answered_and_may_not_watch(runtime: Runtime, peer: Peer, clients: Clients) -> None:
    client = clients.open(runtime, zmq.REQ)
    assert ask(client, type="status")["status"]["verdict"]
    refused = ask(client, type="watch")["error"]
    assert (refused["code"], "connect a DEALER" in refused["message"]) == ("not_permitted", True)
    peer.perceive(x=5.0)
    fresh(runtime, x=5.0)
    assert ask(client, type="command", name="message", arguments={"text": "hi"})["value"] == {"echo": "message"}
    assert ask(client, type="command", name="dance", arguments={})["error"]["code"] == "unknown_command"
    assert ask(client, type="tomorrow")["error"]["code"] == "bad_message"


def test_a_req_that_correlates_and_asked_twice_is_answered(runtime: Runtime, clients: Clients) -> None:
    client = clients.open(runtime, zmq.REQ, req_correlate=1, req_relaxed=1)
    client.send(STATUS)
    assert ask(client, type="status", id="2")["id"] == "2"


def test_each_answer_comes_in_the_envelope_of_its_request(runtime: Runtime, peer: Peer, clients: Clients) -> None:
    peer.silent_to = {"command"}
    client = clients.open(runtime)
    command = {"type": "command", "id": "c", "name": "message", "arguments": {"text": "hi"}, "command_id": "key"}
    client.send_multipart([b"first hop", b"second hop", b"", json.dumps(command).encode()])
    peer.wait_for(lambda message: message["type"] == "command")
    client.send_multipart([b"another hop", b"", STATUS])
    assert client.recv_multipart()[:-1] == [b"another hop", b""]
    peer.push({"type": "result", "id": "key", "value": {}})
    *envelope, answer = client.recv_multipart()
    assert (envelope, json.loads(answer)["id"]) == ([b"first hop", b"second hop", b""], "c")


@pytest.mark.parametrize("kind", [zmq.DEALER, zmq.REQ])
def test_a_probe_is_no_request(kind: int, runtime: Runtime, clients: Clients) -> None:
    client = clients.open(runtime, kind, probe_router=1)
    assert ask(client, type="status", id="2")["id"] == "2"


@pytest.mark.parametrize(("socket_type", "delimiter"), [(5, b""), (3, b"\1\0")], ids=["DEALER", "REQ"])
def test_a_peer_of_zmtp_2_is_disconnected_and_disturbs_no_other_client(
    socket_type: int, delimiter: bytes, impatient: Runtime, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    other = clients.open(impatient)
    assert ask(other, type="status")["id"] == "1"
    greeting, routing_id = b"\xff" + bytes(7) + b"\x01\x7f" + b"\1" + bytes([socket_type]), b"\0\0"
    with sockets.socket(sockets.AF_UNIX) as old:
        old.settimeout(PATIENCE_S)
        old.connect(str(endpoint_path(impatient.endpoint)))
        old.sendall(greeting + routing_id + delimiter + bytes([0, len(STATUS)]) + STATUS)
        while old.recv(65536):
            pass
    assert ask(other, type="status", id="2")["id"] == "2"
    assert caplog.text.count("older than ZeroMQ 4") == 1
    assert impatient.directory.entries["gateway"].restarts == 0


@pytest.mark.parametrize("kind", [zmq.DEALER, zmq.REQ])
def test_a_second_client_with_a_taken_routing_id_is_disconnected_and_the_log_names_it_once(
    kind: int, impatient: Runtime, clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    first = clients.open(impatient, routing_id=b"same")
    assert ask(first, type="status")["id"] == "1"
    second = clients.open(impatient, kind, routing_id=b"same")
    ends = clients.ends_of(second)
    second.send(STATUS)
    for _ in range(3):  # libzmq connects again by itself
        ends.recv_multipart()
    assert ask(first, type="status", id="2")["id"] == "2"
    assert caplog.text.count(f"disconnected process {os.getpid()}: nothing could be read") == 1


def test_a_routing_id_is_free_again_when_its_client_is_gone(impatient: Runtime, clients: Clients) -> None:
    first = clients.open(impatient, routing_id=b"same")
    assert ask(first, type="status")["id"] == "1"
    second = clients.open(impatient, routing_id=b"same", reconnect_ivl=10)
    clients.ends_of(second).recv_multipart()
    first.close(linger=0)
    answered: list[bytes] = []

    def is_answered() -> bool:
        second.send(STATUS)
        answered.extend([second.recv()] if second.poll(10) else [])
        return bool(answered)

    assert eventually(is_answered)


def test_of_clients_that_say_nothing_the_oldest_stays_and_one_that_probes_too(
    impatient: Runtime, clients: Clients
) -> None:
    with connect(impatient.endpoint) as daemon:
        oldest = clients.open(impatient)
        stays, probes = clients.ends_of(oldest), clients.open(impatient, probe_router=1)
        talks = clients.ends_of(probes)
        newer = clients.ends_of(clients.open(impatient, reconnect_ivl=10))
        for _ in range(5):
            newer.recv_multipart()
        assert (stays.poll(0), talks.poll(0), daemon._line.has_ended()) == (0, 0, False)
        assert ask(oldest, type="status")["id"] == "1"


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_descriptor_that_is_another_files_by_now_is_left_alone(runtime_folder: Path) -> None:
    listener = LocalListener(f"ipc://{runtime_folder}/some.sock")
    one, other = sockets.socketpair()
    with one, other, (runtime_folder / "file").open("w") as file:
        for descriptor in (one.fileno(), file.fileno()):
            before = open_files()
            with pytest.raises(OSError, match=r"no connection|non-socket"):
                shut_down(descriptor, listener)
            assert open_files() == before
        one.sendall(struct.pack("=i", 7))
        assert other.recv(4) == struct.pack("=i", 7)


def test_a_connection_that_is_shut_down_ends_at_both_ends(runtime_folder: Path) -> None:
    path = str(runtime_folder / "some.sock")
    with sockets.socket(sockets.AF_UNIX) as listener, sockets.socket(sockets.AF_UNIX) as client:
        listener.bind(path)
        listener.listen()
        client.connect(path)
        accepted, _ = listener.accept()
        with accepted:
            local = LocalListener(f"ipc://{path}")
            assert shut_down(accepted.fileno(), local) == f"process {os.getpid()}"
            assert (client.recv(1), accepted.recv(1)) == (b"", b"")
