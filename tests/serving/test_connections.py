"""Which client a message is from, when a descriptor has belonged to two connections."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.waiting import PATIENCE_S, eventually
from timmy_actors.serving.connections import Connections
from timmy_actors.serving.listeners import LocalListener

CLIENTS = """
import sys, zmq
context = zmq.Context()
for request in (b"first", b"second"):
    sys.stdin.readline()
    client = context.socket(zmq.DEALER)
    client.probe_router = True
    client.connect(sys.argv[1])
    client.send(request)
    if request == b"first":
        client.close(linger=-1)
sys.stdin.readline()
"""
"""Two clients of another process, so that its descriptors are not this one's; each line of input opens one."""


@pytest.fixture
def router(runtime_folder: Path) -> Iterator[zmq.Socket[bytes]]:
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger, router.rcvtimeo = 0, round(PATIENCE_S * 1000)
        router.bind(f"ipc://{runtime_folder / 'clients'}")
        yield router


@pytest.fixture
def connections(router: zmq.Socket[bytes]) -> Iterator[Connections]:
    connections = Connections(router, LocalListener(router.getsockopt_string(zmq.LAST_ENDPOINT)))
    yield connections
    connections.close(router)


def open_files() -> set[str]:
    return set(os.listdir("/proc/self/fd"))  # noqa: PTH208  names, not entries that may be gone


def read(router: zmq.Socket[bytes]) -> list[zmq.Frame]:
    frames: Any = router.recv_multipart(copy=False)
    return list(frames)


@pytest.mark.parametrize(
    ("order", "answered", "gone"),
    [
        ((0, 1, 2, 3), [b"first", b"second"], [0]),
        ((1, 2, 3), [b"first", b"second"], [0]),
        ((2, 0, 1, 3), [b"second"], []),
        ((2, 3, 1), [b"second"], []),
    ],
)
def test_a_message_read_after_the_end_of_its_connection_is_not_the_next_ones(
    order: tuple[int, ...],
    answered: list[bytes],
    gone: list[int],
    router: zmq.Socket[bytes],
    connections: Connections,
) -> None:
    endpoint = str(router.getsockopt_string(zmq.LAST_ENDPOINT))
    before = open_files()
    with subprocess.Popen([sys.executable, "-c", CLIENTS, endpoint], stdin=subprocess.PIPE, text=True) as clients:
        assert clients.stdin is not None
        clients.stdin.write("\n")
        clients.stdin.flush()
        assert router.poll(round(PATIENCE_S * 1000))
        pipe = {str(clients.stdin.fileno())}
        eventually(lambda: open_files() - before == pipe)  # the first connection is closed
        clients.stdin.write("\n")
        clients.stdin.flush()
        # A probe and a request of each client; their routing ids are in the order in which they connected.
        messages = sorted((read(router) for _ in range(4)), key=lambda frames: (frames[0].bytes, frames[-1].bytes))
        assert [frames[-1].bytes for frames in messages] == [b"", b"first", b"", b"second"]
        assert messages[1][-1].get(zmq.SRCFD) == messages[3][-1].get(zmq.SRCFD)  # the case that is tested
        assert connections.gone() == []
        assert [frames[-1].bytes for frames in map(messages.__getitem__, order) if connections.note(frames)] == answered
        assert connections.gone() == [messages[client][0].bytes for client in gone]
        clients.communicate("\n")
