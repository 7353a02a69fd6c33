"""Access from other machines: TCP with CURVE only, and only for the holders of authorized keys."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import zmq

from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import PATIENCE_S, eventually
from tests.wires import free_port
from timmy_actors import Runtime, aconnect, connect
from timmy_actors.daemon import RemoteSettings
from timmy_actors.errors import ConfigError, DaemonUnreachableError
from timmy_actors.supervision import ChildState
from timmy_actors.system import KeyPair, generate_keys, write_keys


@dataclass
class Remote:
    """A daemon that serves other machines."""

    runtime: Runtime
    address: str
    server: KeyPair
    laptop: KeyPair
    clients: Path


@contextmanager
def serving(folder: Path, peer: Peer) -> Iterator[Remote]:
    address = f"tcp://127.0.0.1:{free_port()}"
    server = generate_keys("gamehost")
    laptop = generate_keys("laptop", server.public)
    clients = folder / "clients"
    clients.write_text(f"# who may connect\n{laptop.name} {laptop.public}\n")
    write_keys(server, folder / "server.key")
    settings = RemoteSettings(
        enabled=True, address=address, key_file=str(folder / "server.key"), clients_file=str(clients)
    )
    with running(peer.address, remote=settings) as runtime:
        fresh(runtime)
        yield Remote(runtime, address, server, laptop, clients)


@pytest.fixture
def remote(tmp_path: Path, peer: Peer) -> Iterator[Remote]:
    with serving(tmp_path, peer) as remote:
        yield remote


def test_a_client_on_another_machine_has_the_same_calls_and_is_logged_by_name(
    remote: Remote, tmp_path: Path, peer: Peer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", "timmy_actors.serving")
    write_keys(remote.laptop, tmp_path / "laptop.key")
    monkeypatch.setenv("TIMMY_KEYS", str(tmp_path / "laptop.key"))
    with connect(remote.address) as daemon, daemon.watch(timeout_s=PATIENCE_S) as pushes:
        assert daemon.status().pid == remote.runtime.status().pid
        assert daemon.command("message", text="x").value == {"echo": "message"}
        peer.happen("chat", speaker="Jiub", text="hello", kind="say")
        assert any(pushed.event is not None for pushed in pushes)
    eventually(lambda: caplog.messages.count("client laptop disconnected") == 2)
    assert caplog.messages.count("client laptop connected from 127.0.0.1") == 2


def test_coroutines_connect_with_the_same_keys(remote: Remote) -> None:
    async def ask() -> str:
        async with aconnect(remote.address, keys=remote.laptop) as daemon:
            return (await daemon.status()).endpoint

    assert asyncio.run(ask()) == remote.runtime.endpoint


def test_a_watch_continues_after_the_gateway_for_other_machines_was_restarted(remote: Remote, peer: Peer) -> None:
    with connect(remote.address, keys=remote.laptop) as daemon, daemon.watch(timeout_s=PATIENCE_S) as pushes:
        remote.runtime.restart("remote")
        assert any(pushed.link is not None and pushed.link.state == "down" for pushed in pushes)
        assert any(pushed.link is not None and pushed.link.state == "up" for pushed in pushes)
        peer.happen("chat", speaker="Jiub", text="hello", kind="say")
        assert any(pushed.event is not None for pushed in pushes)


def test_an_unknown_key_is_refused_with_the_remedy_and_logged_once(
    remote: Remote, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = generate_keys("stranger", remote.server.public)
    for _ in range(2):
        with pytest.raises(DaemonUnreachableError, match="it does not know this key: add the line"):
            connect(remote.address, keys=stranger)
    refusals = [message for message in caplog.messages if "is not authorized" in message]
    assert refusals == [f"refused a client from 127.0.0.1: its key {stranger.public} is not authorized"]


def test_a_key_that_is_removed_is_refused_from_then_on(remote: Remote) -> None:
    connect(remote.address, keys=remote.laptop).close()
    remote.clients.write_text("")
    with pytest.raises(DaemonUnreachableError, match="does not know this key"):
        connect(remote.address, keys=remote.laptop)


def test_the_key_of_another_server_is_not_accepted(remote: Remote) -> None:
    other = replace(remote.laptop, server=generate_keys("other").public)
    with pytest.raises(DaemonUnreachableError, match="the keys do not match"):
        connect(remote.address, keys=other, timeout_s=0.5)


def test_nothing_is_answered_without_curve(remote: Remote) -> None:
    with pytest.raises(ConfigError, match="TCP is encrypted only, and needs keys"):
        connect(remote.address)
    with zmq.Context() as context, context.socket(zmq.DEALER) as plain:
        plain.linger = 0
        monitor: zmq.Socket[bytes] = plain.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
        with monitor:
            plain.connect(remote.address)
            plain.send(b'{"type": "status", "id": "1"}')
            assert monitor.poll(round(PATIENCE_S * 1_000))
            assert not plain.poll(0)
            plain.disable_monitor()


def test_connections_that_show_no_key_are_bounded_and_keep_no_client_out(
    tmp_path: Path, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timmy_actors.serving.listeners.RemoteListener.most", 5)
    with serving(tmp_path, peer) as remote:
        host, _, port = remote.address.removeprefix("tcp://").partition(":")
        mute = [sockets.create_connection((host, int(port))) for _ in range(20)]
        for one in mute:
            one.settimeout(PATIENCE_S)
        with connect(remote.address, keys=remote.laptop) as daemon:
            assert daemon.status().pid == remote.runtime.status().pid
        ended = mute[0].recv(1_000)
        while ended:
            ended = mute[0].recv(1_000)
        for one in mute:
            one.close()


def test_an_address_in_use_is_reported_and_tried_again(tmp_path: Path, peer: Peer) -> None:
    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        write_keys(generate_keys("gamehost"), tmp_path / "server.key")
        (tmp_path / "clients").touch()
        settings = RemoteSettings(
            enabled=True,
            address=address,
            key_file=str(tmp_path / "server.key"),
            clients_file=str(tmp_path / "clients"),
        )
        with running(peer.address, remote=settings) as runtime:
            reasons = eventually(lambda: [text for text in runtime.status().reasons if text.startswith("remote")])
            assert f"remote.address {address}: Address already in use" in reasons[0]
            taken.close()
            eventually(lambda: runtime.directory.entries["remote"].state is ChildState.UP)


def test_keys_that_can_no_longer_be_read_are_a_reason_and_do_not_end_the_daemon(remote: Remote, tmp_path: Path) -> None:
    key_file = tmp_path / "server.key"
    key_file.write_text("broken")
    remote.runtime.restart("remote")
    reasons = eventually(lambda: [text for text in remote.runtime.status().reasons if text.startswith("remote")])
    assert str(key_file) in reasons[0]
    key_file.unlink()
    write_keys(remote.server, key_file)
    eventually(lambda: remote.runtime.directory.entries["remote"].state is ChildState.UP)
    connect(remote.address, keys=remote.laptop).close()
