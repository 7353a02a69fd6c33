"""The flight recorder: the messages of the last minutes on the link to the game, and the files of its dumps."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.protocol import FlightDump
from timmy_actors.recording.frame_base import forget_frames, remember_frame
from timmy_actors.recording.redaction import Redactor

log = logging.getLogger(__name__)

Direction = Literal["sent", "received", "down"]
"""`down`: the link went down; the data is the reason."""
Message = dict[str, Any]
FORMAT = 1
PREFIX, SUFFIX = "flight-", ".jsonl"
KEPT = 10
"""How many dumps are kept; older ones are deleted."""
EVICTED_AT_ONCE = 8
"""How many old messages a new one may drop: the ring shrinks, and no message takes long."""
MAX_LINE_BYTES = 8 * 1024 * 1024
MAX_LINES = 2_000_000
EX_IOERR, EX_CANTCREAT = 74, 73


class Frame(NamedTuple):
    """A message on the link, or its end."""

    at: float
    """Monotonic seconds."""
    direction: Direction
    epoch: int
    data: bytes


class FlightRecorder:
    """A ring of the last messages, bounded in time and bytes. Messages are added by one thread, and dumped by any."""

    def __init__(self, folder: Path, *, keep_s: float, max_bytes: int) -> None:
        self._folder = folder
        self._keep_s = keep_s
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._base: dict[str, Message] = {}
        """What the dropped messages had established: the welcome, and each player's sections."""
        self._base_epoch = 0

    def note(self, direction: Direction, epoch: int, data: bytes) -> None:
        """Add a message, and drop old ones."""
        now = time.monotonic()
        with self._lock:
            self._frames.append(Frame(now, direction, epoch, data))
            self._bytes += len(data)
            for _ in range(EVICTED_AT_ONCE):
                oldest = self._frames[0]
                if self._bytes <= self._max_bytes and now - oldest.at <= self._keep_s:
                    break
                self._frames.popleft()
                self._bytes -= len(oldest.data)
                self._forget(oldest)
                if not self._frames:
                    break

    def dump(self, reason: str, secrets: Collection[str] = ()) -> FlightDump:
        """Write the messages into a new file of the folder, and delete the oldest dumps.

        Raises:
            EpisodesUnusableError: it cannot be written.
        """
        with self._lock:
            frames, base, epoch = list(self._frames), dict(self._base), self._base_epoch
        path = self._folder / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S_%f}-{os.getpid()}{SUFFIX}"
        redact = Redactor(secrets)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            # JSON can name half of a surrogate pair, which UTF-8 cannot hold.
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                for line in _lines(frames, base, epoch, reason):
                    file.write(redact(json.dumps(line, ensure_ascii=False)) + "\n")
            for old in sorted(self._folder.glob(f"{PREFIX}*{SUFFIX}"))[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError as error:
            reason = f"{path}: cannot be written ({error.strerror}): correct that, or set another recording.folder"
            raise EpisodesUnusableError(reason, EX_IOERR) from error
        return FlightDump(path=str(path), messages=len(frames), seconds=_span(frames))

    def _forget(self, frame: Frame) -> None:
        if frame.direction == "sent":
            return
        if frame.epoch != self._base_epoch or frame.direction == "down":
            self._base, self._base_epoch = {}, frame.epoch
        message = _decode(frame.data) if frame.direction == "received" else None
        if message is not None:
            remember(self._base, message)


def remember(base: dict[str, Message], message: Message) -> None:
    """Keep what later messages build on: the welcome, and the players' state, whole."""
    match message:
        case {"type": "welcome"}:
            base["welcome"] = message
        case {"type": "perception", "player": str(player), "seq": _}:
            base[f"player {player}"] = merge(base.get(f"player {player}"), message)
        case {"type": "frame"}:
            remember_frame(base, message)
        case {"type": "subscribed"}:
            forget_frames(base)


def merge(before: Message | None, push: Message) -> Message:
    """A player's whole perception after a push."""
    if before is None or push.get("full"):
        return push
    parts = {key: {**_members(before.get(key)), **_members(push.get(key))} for key in ("sections", "revisions")}
    return {**before, **push, **parts, "full": before.get("full", False)}


def _members(value: Any) -> Message:
    return value if isinstance(value, dict) else {}


def _lines(frames: list[Frame], base: dict[str, Message], epoch: int, reason: str) -> Iterator[Message]:
    start = frames[0].at if frames else 0.0
    span = {"seconds": _span(frames), "messages": len(frames)}
    yield {"kind": "flight", "format": FORMAT, "time": datetime.now(UTC).isoformat(), "reason": reason, **span}
    for message in base.values():
        yield {"kind": "base", "epoch": epoch, "message": message}
    for frame in frames:
        known = {"kind": "frame", "at": round(frame.at - start, 6), "direction": frame.direction, "epoch": frame.epoch}
        if frame.direction == "down":
            yield {**known, "reason": frame.data.decode(errors="replace")}
        else:
            yield {**known, "message": _decode(frame.data), "bytes": len(frame.data)}


def _span(frames: list[Frame]) -> float:
    return round(time.monotonic() - frames[0].at, 3) if frames else 0.0


def _decode(data: bytes) -> Message | None:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


@dataclass
class Passage:
    """What happened on one connection to the game."""

    epoch: int
    base: dict[str, Message] = field(default_factory=dict)
    entries: list[tuple[float, Direction, Message]] = field(default_factory=list)
    """Seconds since the recording's start, direction, message."""
    down: str | None = None
    """Why it ended; None: it was up when the recording was dumped."""

    @property
    def welcome(self) -> Message | None:
        """The server's answer to hello."""
        return self.base.get("welcome")


def read_flight(path: Path) -> list[Passage]:
    """Read a dump: its connections that came up, in order.

    Raises:
        ConfigError: it cannot be read, a line is damaged, or no connection came up in it; the message names the line.
    """
    passages: dict[int, Passage] = {}
    for number, line in _read_lines(path):
        match line:
            case {"kind": "flight", "format": int(version)} if version != FORMAT:
                raise ConfigError(f"{path}, line {number}: has format {version}, this version reads {FORMAT}")
            case {"kind": "base", "epoch": int(epoch), "message": dict(message)}:
                remember(passages.setdefault(epoch, Passage(epoch)).base, message)
            case {"kind": "frame", "epoch": int(epoch), "at": int() | float() as at, "direction": direction}:
                _add(passages.setdefault(epoch, Passage(epoch)), at, direction, line)
    up = [passage for _, passage in sorted(passages.items()) if passage.welcome is not None]
    if not up:
        raise ConfigError(f"{path}: no connection to the game came up in it: there is nothing to replay")
    return up


def _add(passage: Passage, at: float, direction: Any, line: Message) -> None:
    message = line.get("message")
    if direction == "down":
        passage.down = str(line.get("reason", ""))
    elif direction == "received" and isinstance(message, dict) and message.get("type") == "welcome":
        passage.base["welcome"] = message
    elif direction in ("sent", "received") and isinstance(message, dict):
        passage.entries.append((at, direction, message))


def _read_lines(path: Path) -> Iterator[tuple[int, Message]]:
    remedy = "name a file that 'timmy-actors flight-record dump' wrote"
    try:
        with path.open("rb") as file:
            for number in range(1, MAX_LINES + 1):
                raw = file.readline(MAX_LINE_BYTES)
                if not raw:
                    break
                line = _decode(raw)
                if line is None or "kind" not in line or (number == 1 and line["kind"] != "flight"):
                    raise ConfigError(f"{path}, line {number}: is no line of a flight recording: {remedy}")
                yield number, line
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}): {remedy}") from error
