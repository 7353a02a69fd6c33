from __future__ import annotations

import gc
import socket
import threading
import warnings
from collections.abc import Iterator

import pytest

from tests.chaos.proxy import FaultProxy
from tests.waiting import PATIENCE_S, eventually


class Echo:
    """A server that says back what it hears, and remembers it by connection."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.heard.append(b"")
            self._threads.append(threading.Thread(target=self._serve, args=(connection, len(self.heard) - 1)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection:
            try:
                while chunk := connection.recv(4096):
                    self.heard[number] += chunk
                    connection.sendall(chunk)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(PATIENCE_S)


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with FaultProxy(echo.port) as started:
        yield started


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"hello")
        assert connection.recv(5, socket.MSG_WAITALL) == b"hello"
        yield connection


def ends(client: socket.socket) -> bytes:
    """What still arrives before the connection ends."""
    rest = b""
    try:
        while chunk := client.recv(4096):
            rest += chunk
    except ConnectionResetError:
        pass
    return rest


def test_a_drop_resets_the_connection(proxy: FaultProxy, client: socket.socket) -> None:
    proxy.drop()
    assert ends(client) == b""


def test_a_cut_lets_half_of_a_frame_through(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    proxy.cut()
    client.sendall(b"0123456789")
    ends(client)
    eventually(lambda: echo.heard[0] == b"hello01234")


def test_a_half_open_connection_passes_nothing_on(proxy: FaultProxy, client: socket.socket, echo: Echo) -> None:
    thread = threading.Thread(target=proxy.half_open, args=(0.2,))
    thread.start()
    eventually(lambda: not any(line.client.transport.is_reading() for line in tuple(proxy._lines)))  # type: ignore[attr-defined]
    client.sendall(b"unheard")
    assert ends(client) == b""
    thread.join()
    assert echo.heard == [b"hello"]


def test_what_is_held_back_reaches_the_server_after_the_client_came_back(
    proxy: FaultProxy, client: socket.socket, echo: Echo
) -> None:
    thread = threading.Thread(target=proxy.reorder, args=(0.1,))
    thread.start()
    eventually(lambda: any(line.held_back is not None for line in tuple(proxy._lines)))
    client.sendall(b" late")
    assert ends(client) == b""
    assert echo.heard == [b"hello"]
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE_S) as again:
        again.sendall(b"new")
        assert again.recv(3, socket.MSG_WAITALL) == b"new"
        assert echo.heard == [b"hello", b"new"]
        thread.join()
    assert echo.heard[0] == b"hello late"


def test_a_duplicate_sends_all_once_more_on_a_connection_of_its_own(
    proxy: FaultProxy, client: socket.socket, echo: Echo
) -> None:
    proxy.duplicate()
    assert echo.heard == [b"hello", b"hello"]
    client.sendall(b"!")
    assert client.recv(1) == b"!"


def test_what_comes_late_or_slowly_comes_whole(proxy: FaultProxy, client: socket.socket) -> None:
    for hinder in (lambda: proxy.delay(0.1, 0.02), lambda: proxy.throttle(0.1, 10_000)):
        thread = threading.Thread(target=hinder)
        thread.start()
        client.sendall(b"x" * 2_000)
        assert client.recv(2_000, socket.MSG_WAITALL) == b"x" * 2_000
        thread.join()


def test_a_proxy_that_closes_leaves_no_connection_that_was_just_accepted(
    echo: Echo, recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("always", ResourceWarning)
    for _ in range(20):
        with FaultProxy(echo.port) as proxy:
            clients = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(5)]
        gc.collect()
        for client in clients:
            client.close()
    assert [str(warning.message) for warning in recwarn] == []
