"""A stand-in for a model's endpoint: an HTTP server that answers chat completions by a script, good or bad.

It stands at the outermost edge: everything up to the socket is the real thing.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import PATIENCE_S

Answer = Callable[["_Handler", dict[str, Any]], None]
"""Answers one request, whose JSON is the second argument."""


class ModelStandIn:
    """The endpoint; `script` has the answers in order, the last one is repeated."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()
        """Set at the end: a silent answer ends then."""
        self._turn = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = False
        self._server.stand_in = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="model stand-in")

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def take(self, request: dict[str, Any]) -> Answer:
        """The next answer."""
        with self._turn:
            self.requests.append(request)
            return self.script.popleft() if len(self.script) > 1 else self.script[0]

    @contextmanager
    def running(self) -> Iterator[ModelStandIn]:
        """Serve until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(PATIENCE_S)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        request = json.loads(self.rfile.read(length))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client has given up
            self.stand_in.take(request)(self, request)
        self.close_connection = True

    @property
    def stand_in(self) -> ModelStandIn:
        """The server's owner."""
        server: Any = self.server
        result: ModelStandIn = server.stand_in
        return result

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def begin(self, kind: str = "text/event-stream", status: int = 200, **headers: str) -> None:
        """Send the head."""
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def event(self, data: Any) -> None:
        """Send one event of the stream."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()


def chunk(finish: str | None = None, usage: dict[str, Any] | None = None, **delta: Any) -> dict[str, Any]:
    """A chunk as vLLM and llama.cpp send it."""
    choices = [] if usage is not None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return whole if usage is None else {**whole, "usage": usage}


def part(name: str, arguments: Any, *, index: Any = 0, call_id: str | None = "call-1") -> dict[str, Any]:
    """A part of a tool call."""
    return {"index": index, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def streams(chunks: Iterable[dict[str, Any]], *, done: bool = True) -> Answer:
    """An answer of these chunks."""

    def answer(handler: _Handler, _: dict[str, Any]) -> None:
        handler.begin()
        for each in chunks:
            handler.event(each)
        if done:
            handler.event("[DONE]")

    return answer


def calls(*named: tuple[str, Any], text: str = "", usage: tuple[int, int] = (100, 20)) -> Answer:
    """A good answer: a text and tool calls, whose names and ids are repeated in every chunk, as llama.cpp does."""
    chunks = [chunk(role="assistant", content=text)]
    for number, (name, arguments) in enumerate(named):
        whole = json.dumps(arguments)
        half = len(whole) // 2
        pieces = (part(name, piece, index=number, call_id=f"call-{number}") for piece in (whole[:half], whole[half:]))
        chunks += [chunk(tool_calls=[piece]) for piece in pieces]
    used = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return streams([*chunks, chunk(finish="tool_calls"), chunk(usage=used)])


def prose(text: str) -> Answer:
    """An answer without a tool call."""
    return streams([*(chunk(content=letter) for letter in text), chunk(finish="stop")])


def nothing(handler: _Handler, _: dict[str, Any]) -> None:
    """An empty answer."""
    streams([chunk(finish="stop")])(handler, {})


def refuses(status: int, message: str, **headers: str) -> Answer:
    """An error of the endpoint."""

    def answer(handler: _Handler, _: dict[str, Any]) -> None:
        handler.begin("application/json", status, **headers)
        handler.wfile.write(json.dumps({"error": {"message": message}}).encode())

    return answer


def silent(handler: _Handler, _: dict[str, Any]) -> None:
    """The head, then nothing until the test ends."""
    handler.begin()
    handler.stand_in.released.wait(PATIENCE_S)


def dies(handler: _Handler, _: dict[str, Any]) -> None:
    """Half a stream, then the connection ends."""
    handler.begin(content_length="100000")
    handler.event(chunk(tool_calls=[part("walk", '{"seco')]))


def refuses_pictures(then: Answer) -> Answer:
    """A model without eyes: an error for every request with a picture."""

    def answer(handler: _Handler, request: dict[str, Any]) -> None:
        has_picture = not isinstance(request["messages"][-1]["content"], str)
        chosen = refuses(400, "image input is not supported") if has_picture else then
        chosen(handler, request)

    return answer
