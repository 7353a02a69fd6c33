"""A scripted game server: a real ROUTER socket in a thread that answers as the bridge would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, Self

import zmq

from tests.waiting import PATIENCE_S

Message = dict[str, Any]
POSITION = {
    "cell": "-2, -9", "exterior": True, "region": "bitter coast region", "place": "Seyda Neen",
    "x": -11000.0, "y": -70000.0, "z": 200.0, "pitch": 0.0, "yaw": 90.0,
}  # fmt: skip
FACTS = {
    "version": "0.8.1", "bridge": "test", "tick_ms": 1.0, "features": ["dedupe"], "scopes": ["observe", "act"],
    "commands": ["message"], "sections": ["position"], "events": ["chat"], "limits": {},
}  # fmt: skip
LOAD = {"tick_ms": 1.0, "tick_max_ms": 2.0, "poll_ms": 0.1, "poll_max_ms": 0.2, "peers": 1}


class Peer:
    """Answers hello, subscribe, ping and commands; `heard` has the received messages, and a test can `push`."""

    def __init__(
        self, *, port: int = 0, boot: str = "boot-1", silent_to: Collection[str] = (), protocol: int = 1
    ) -> None:
        self.boot = boot
        self.protocol = protocol
        self.silent_to = silent_to
        """Types of messages that it receives and does not answer."""
        self.refusal: Message | None = None
        """Answers every command with this error."""
        self.server: Message = dict(FACTS)
        """What it says about itself in its welcome."""
        self.declines: str | None = None
        """Answers a hello with this error."""
        self.declines_above = 0
        """With `declines`: the newest version of the protocol that is not declined."""
        self.counts = False
        """Whether it numbers the executed commands, as a bridge does."""
        self.done = 0
        """The number of executed commands."""
        self.ahead_ms = 1_000
        """Its clock's value when it was created."""
        self._created_at = time.monotonic()
        self.seq = 0
        """The number of the last push."""
        self.heard: list[Message] = []
        self._heard = threading.Condition()
        self._context: zmq.Context[Any] = zmq.Context()
        self._router: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        self._router.linger = 0
        self.port = self._router.bind_to_random_port("tcp://127.0.0.1") if port == 0 else port
        if port:
            self._router.bind(f"tcp://127.0.0.1:{port}")
        self._inbox: zmq.Socket[bytes] = self._context.socket(zmq.PAIR)
        self._inbox.bind("inproc://script")
        self._script: zmq.Socket[bytes] = self._context.socket(zmq.PAIR)
        self._script.connect("inproc://script")
        self._client = b""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def now(self) -> int:
        """The peer's monotonic clock, in ms."""
        return self.ahead_ms + int((time.monotonic() - self._created_at) * 1000)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive():
            self._script.send(b"stop")
            self._thread.join()
        self._context.destroy(linger=0)

    def push(self, message: Message) -> None:
        """Send a message to the client that sent the last one."""
        self.say(json.dumps(message).encode())

    def say(self, frame: bytes) -> None:
        """Send bytes to the client that sent the last message."""
        self._script.send(frame)

    def perceive(self, *, full: bool = False, revision: int = 2, shows: int = 0, **changes: Any) -> None:
        """Push Timmy's position with the next sequence number, as after command number `shows`."""
        pushed = self.perception(seq=self.next_seq(), full=full, revision=revision, **changes)
        self.push({**pushed, "revision": shows})

    def happen(self, event: str, player: str = "Timmy", **data: Any) -> None:
        """Push an event with the next sequence number."""
        fields = {"event": event, "player": player, "pid": 0, "now": 3000, "data": data}
        self.push({"type": "event", "seq": self.next_seq(), **fields})

    def next_seq(self) -> int:
        """Take the next sequence number; one that is taken and not sent simulates a lost push."""
        self.seq += 1
        return self.seq

    def count(self, kind: str) -> int:
        """The number of received messages of a type."""
        with self._heard:
            return sum(message["type"] == kind for message in self.heard)

    def wait_for(self, wanted: Callable[[Message], bool], timeout_s: float = PATIENCE_S) -> Message:
        """Wait for the first received message for which `wanted` is true."""

        def find() -> Message | None:
            return next((message for message in self.heard if wanted(message)), None)

        with self._heard:
            message = self._heard.wait_for(find, timeout_s)
        assert message is not None, f"not received within {timeout_s} s; received: {self.heard}"
        return message

    def _run(self) -> None:
        poller = zmq.Poller()
        poller.register(self._router, zmq.POLLIN)
        poller.register(self._inbox, zmq.POLLIN)
        while True:
            for ready, _ in poller.poll():
                if ready is self._router:
                    self._on_frame()
                elif (script := self._inbox.recv()) == b"stop":
                    return
                else:
                    self._router.send_multipart([self._client, script])

    def _on_frame(self) -> None:
        client, frame = self._router.recv_multipart()
        self._client = client
        message = json.loads(frame)
        with self._heard:
            self.heard.append(message)
            self._heard.notify_all()
        for answer in self._answers(message):
            self._router.send_multipart([client, json.dumps(answer).encode()])

    def _answers(self, message: Message) -> list[Message]:
        kind = message["type"]
        if kind in self.silent_to or kind not in ("hello", "subscribe", "ping", "command"):
            return []
        answer = {"id": message["id"], **getattr(self, f"_to_{kind}")(message)}
        return [answer, self.perception(seq=self.next_seq())] if kind == "subscribe" else [answer]

    def _to_hello(self, message: Message) -> Message:
        if self.declines is not None and message["protocol"] > self.declines_above:
            return {"type": "error", "error": {"code": "unsupported_version", "message": self.declines}}
        self.seq = 0
        return self.welcome()

    def _to_subscribe(self, message: Message) -> Message:
        return {**message, "type": "subscribed"}

    def _to_ping(self, _message: Message) -> Message:
        return {"type": "pong", "now": self.now(), "load": LOAD}

    def _to_command(self, message: Message) -> Message:
        if self.refusal is not None:
            return {"type": "result", "error": self.refusal}
        self.done += 1
        number = {"revision": self.done} if self.counts else {}
        return {"type": "result", "value": {"echo": message["name"]}, **number}

    def welcome(self) -> Message:
        """The answer to a hello, without its id."""
        facts = {
            "protocol": self.protocol,
            "boot": self.boot,
            "now": self.now(),
            "remember_s": 600.0,
            "server": self.server,
        }
        return {"type": "welcome", **facts}

    @staticmethod
    def perception(*, seq: int, full: bool = True, revision: int = 1, **changes: Any) -> Message:
        """A push of Timmy's position."""
        position = {**POSITION, **changes}
        return {
            "type": "perception", "seq": seq, "player": "Timmy", "pid": 0, "now": 3000, "full": full,
            "revisions": {"position": revision}, "sections": {"position": position},
        }  # fmt: skip
