"""Plays a flight recording as a game server: the same answers, events and perceptions, in the same order."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import zmq

from timmy_actors.recording.flight import Direction, Message, Passage, remember
from timmy_actors.recording.frame_base import in_order

AWAIT_COMMAND_S = 5.0
"""How long a recorded command is waited for, past its time: then the recording goes on without it."""
LOAD = {"tick_ms": 0.0, "tick_max_ms": 0.0, "poll_ms": 0.0, "poll_max_ms": 0.0, "peers": 1}
NOT_RECORDED = {"code": "unavailable", "message": "the replayed recording has no such command"}
POLL_MS = 5
TURNS = 2
"""How many pings must come after the last message before the connection is ended."""


class ReplayServer:
    """Listens on a port of this machine, and plays in a thread of its own. Commands are matched by their id, else by
    their name and arguments; one that was never answered is not answered again.

    A connection that was lost is ended after its last message, and two pings of the client.

    Args:
        passages: of `read_flight`.
        await_command_s: see `AWAIT_COMMAND_S`.
    """

    def __init__(self, passages: Sequence[Passage], *, await_command_s: float = AWAIT_COMMAND_S) -> None:
        self._passages = list(passages)
        self._await_command_s = await_command_s
        self._context: zmq.Context[Any] = zmq.Context()
        self._router = self._listen(0)
        self.port = int(self._router.getsockopt_string(zmq.LAST_ENDPOINT).rpartition(":")[2])
        """The port that it listens on."""
        self._stop = threading.Event()
        self.finished = threading.Event()
        """Set when the recording has been played to its end."""
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)

    @property
    def address(self) -> str:
        """The address for `link.address`, with the mechanism `null`."""
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._context.destroy(linger=0)

    def _listen(self, port: int) -> zmq.Socket[bytes]:
        router: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        router.linger = 0
        try:
            router.bind(f"tcp://127.0.0.1:{port or '*'}")
        except zmq.ZMQError:
            router.close()
            raise
        return router

    def _run(self) -> None:
        for number, passage in enumerate(self._passages):
            playing = _Playing(passage, self._await_command_s)
            is_last = number == len(self._passages) - 1
            while not self._stop.is_set() and not (passage.down is not None and playing.was_read(time.monotonic())):
                self._serve(playing)
                if playing.is_over and is_last and passage.down is None:
                    self.finished.set()
            if self._stop.is_set():
                return
            self._router.close(linger=0)
            if not is_last:
                self._listen_again()
        self.finished.set()

    def _listen_again(self) -> None:
        while not self._stop.wait(POLL_MS / 1000):
            try:
                self._router = self._listen(self.port)
            except zmq.ZMQError:  # libzmq closes the listener in the background
                continue
            return

    def _serve(self, playing: _Playing) -> None:
        if self._router.poll(POLL_MS):
            client, *_, frame = self._router.recv_multipart()
            with contextlib.suppress(ValueError, RecursionError):  # another program's bytes
                message = json.loads(frame)
                if isinstance(message, dict):
                    playing.receive(client, message)
        for message in playing.due(time.monotonic()):
            self._router.send_multipart([playing.client, json.dumps(message).encode()])


class _Playing:
    """One connection being played. Sans-I/O but for the time of the answers to pings."""

    def __init__(self, passage: Passage, await_command_s: float) -> None:
        self.client = b""
        self._welcome = passage.welcome or {}
        self._base = dict(passage.base)
        self._entries = passage.entries
        self._next = 0
        self._await_command_s = await_command_s
        self._answers: list[Message] = []
        self._arrived: list[Message] = []
        """Commands that no recorded one was matched with yet."""
        self._ids: dict[str, str] = {}
        """The ids of the commands that came, by the recorded ones."""
        self._unclaimed: dict[str, Message] = {}
        """Recorded answers to commands that had not come in time, by what they are matched by."""
        self._missed: dict[str, str] = {}
        self._seq = 0
        self._began_at: float | None = None
        self._waiting_since: float | None = None
        self._over_since: float | None = None
        self._pings_since_over = 0

    @property
    def is_over(self) -> bool:
        """Whether everything was played."""
        return self._began_at is not None and self._next >= len(self._entries) and not self._answers

    def was_read(self, now: float) -> bool:
        """Whether everything was played, and the client has had turns to read it: libzmq drops what it has received
        and not handed out when a connection ends."""
        if not self.is_over:
            return False
        self._over_since = self._over_since or now
        return self._pings_since_over >= TURNS or now - self._over_since > self._await_command_s

    def receive(self, client: bytes, message: Message) -> None:
        """Take a message of the client."""
        self.client = client
        known = {"id": message.get("id")}
        match message.get("type"):
            case "hello":
                self._seq, self._began_at = 0, None
                self._answers.append({**self._welcome, **known})
            case "subscribe":
                self._subscribe(message)
            case "ping":
                self._pings_since_over += self._over_since is not None
                self._answers.append({"type": "pong", **known, "now": self._now(), "load": LOAD})
            case "command":
                self._on_command(message)
            case _:
                self._answers.append({"type": "error", **known, "error": NOT_RECORDED})

    def due(self, now: float) -> list[Message]:
        """The messages to send by `now`, in order."""
        answers, self._answers = self._answers, []
        while self._began_at is not None and self._next < len(self._entries):
            at, direction, message = self._entries[self._next]
            if now - self._began_at < at - self._entries[0][0] or not self._may_pass(direction, message, now):
                break
            self._next += 1
            answers += self._play(direction, message)
        return answers

    def _subscribe(self, message: Message) -> None:
        self._answers.append({**message, "type": "subscribed"})
        for known in in_order(self._base):
            whole = {"full": True} if known.get("type") == "perception" else {}
            self._answers.append({**known, "seq": self._count(), **whole})
        if self._began_at is None:
            self._began_at = time.monotonic()

    def _on_command(self, message: Message) -> None:
        keys = _keys(message)
        unclaimed = next((key for key in keys if key in self._unclaimed), None)
        missed = next((recorded for recorded, key in self._missed.items() if key in keys), None)
        if unclaimed is not None:
            self._answers.append({**self._unclaimed.pop(unclaimed), "id": message.get("id")})
        elif missed is not None:
            del self._missed[missed]
            self._ids[missed] = str(message.get("id"))
        elif self._is_to_come(message):
            self._arrived.append(message)
        else:
            self._answers.append({"type": "result", "id": message.get("id"), "error": NOT_RECORDED})

    def _is_to_come(self, message: Message) -> bool:
        """Whether the rest of the recording has this command more often than others that came wait for it."""
        keys = set(_keys(message))
        recorded: int = sum(
            direction == "sent" and entry.get("type") == "command" and not keys.isdisjoint(_keys(entry))
            for _, direction, entry in self._entries[self._next :]
        )
        others = sum(
            not keys.isdisjoint(_keys(arrived)) for arrived in self._arrived if arrived.get("id") != message.get("id")
        )
        return recorded > others

    def _may_pass(self, direction: Direction, message: Message, now: float) -> bool:
        """Whether the recording may go on past this entry: a command is waited for."""
        if direction != "sent" or message.get("type") != "command":
            return True
        command = self._take(message)
        if command is None:
            self._waiting_since = self._waiting_since or now
            if now - self._waiting_since < self._await_command_s:
                return False
            self._missed[str(message.get("id"))] = _keys(message)[1]
        else:
            self._ids[str(message.get("id"))] = str(command.get("id"))
        if self._waiting_since is not None and self._began_at is not None:
            self._began_at += now - self._waiting_since  # what follows keeps its distance in time
        self._waiting_since = None
        return True

    def _take(self, recorded: Message) -> Message | None:
        for key in _keys(recorded):
            for number, message in enumerate(self._arrived):
                if key in _keys(message):
                    return self._arrived.pop(number)
        return None

    def _play(self, direction: Direction, message: Message) -> list[Message]:
        kind = message.get("type")
        if direction == "sent":
            return []
        if kind in ("perception", "frame", "event") and message.get("id") is None:
            remember(self._base, message)
            return [{**message, "seq": self._count()}]
        recorded = str(message.get("id"))
        if kind in ("result", "error") and recorded in self._ids:
            return [{**message, "id": self._ids.pop(recorded)}]
        if kind in ("result", "error") and recorded in self._missed:
            self._unclaimed[self._missed.pop(recorded)] = message
        return []

    def _count(self) -> int:
        self._seq += 1
        return self._seq

    def _now(self) -> int:
        passed = 0.0 if self._began_at is None else time.monotonic() - self._began_at
        now = self._welcome.get("now")
        return (now if isinstance(now, int) else 0) + round(passed * 1000)


def _keys(command: Message) -> tuple[str, str]:
    """What a command is matched by: its id, else its name and arguments."""
    content = json.dumps([command.get("name"), command.get("arguments")], sort_keys=True)
    return f"id {command.get('id')}", content
