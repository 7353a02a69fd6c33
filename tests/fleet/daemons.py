"""Sockets that behave as daemons do when something is wrong with them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zmq


@contextmanager
def answering(folder: Path, name: str, answer: Callable[[Any], bytes | None]) -> Iterator[str]:
    """The endpoint of something that answers each request with what `answer` returns; None: not at all."""
    endpoint = f"ipc://{folder}/{name}.sock"
    context: zmq.Context[Any] = zmq.Context()
    router: zmq.Socket[bytes] = context.socket(zmq.ROUTER)
    router.bind(endpoint)
    end = threading.Event()

    def serve() -> None:
        while not end.is_set():
            if not router.poll(20):
                continue
            client, *_, request = router.recv_multipart()
            reply = answer(json.loads(request)) if request else None
            if reply is not None:
                router.send_multipart([client, reply])

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield endpoint
    finally:
        end.set()
        thread.join()
        context.destroy(linger=0)
