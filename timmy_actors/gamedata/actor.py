"""The game-data actor: has the index built by a process, then answers descriptions, look-ups and routes from it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import GameDataError, RefusedError
from timmy_actors.gamedata.answers import Answers, GameDataRequest
from timmy_actors.gamedata.library import Library
from timmy_actors.protocol import (
    DescribeRequest,
    Description,
    GameDataStatus,
    GameRoute,
    LookUpRequest,
    Matches,
    RouteRequest,
    TerrainMap,
    TerrainRequest,
)
from timmy_actors.supervision import SharedValue
from timmy_actors.supervision.sockets import Arrived, SocketActor, SourceFailed
from timmy_actors.system import DIE_WITH_PARENT, how_it_ended

log = logging.getLogger(__name__)

NAME = "game-data"
OUT = "out"
CHUNK_BYTES = 65536
ENDS_WITHIN_S = 5.0
"""How long the process may take to end after it has closed its output."""
SHOWN_FAULTS = 20
"""The most faults in the daemon's health; the index has all."""


@dataclass(frozen=True)
class GameDataOptions:
    """The files in their load order, and where their index is."""

    files: tuple[Path, ...]
    index: Path
    code_page: str

    def command_line(self) -> list[str]:
        """The command line of the process that builds the index; it ends with this one."""
        build = [sys.executable, "-m", "timmy_actors.gamedata", str(self.index), self.code_page, *map(str, self.files)]
        return [sys.executable, "-I", "-S", str(DIE_WITH_PARENT), *build]


class GameDataActor(SocketActor):
    """Publishes the open index once it is built. If it can't be, the daemon runs without it, and `Health` says why."""

    def __init__(
        self,
        options: GameDataOptions,
        *,
        status: SharedValue[GameDataStatus | None],
        library: SharedValue[Library | None],
    ) -> None:
        super().__init__()
        self._options = options
        self._status = status
        self._library = library
        self._answers: Answers | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._partial = b""
        self._error = ""

    def on_start(self) -> None:
        """Start the process that builds the index."""
        self._status.value = GameDataStatus(state="indexing", files=len(self._options.files))
        try:
            self._process = subprocess.Popen(self._options.command_line(), stdout=subprocess.PIPE)  # noqa: S603  our own
        except OSError as error:
            self._turn_off(f"its index cannot be built: {error}")
            return
        descriptor = self._process.stdout.fileno()  # type: ignore[union-attr]
        os.set_blocking(descriptor, False)
        self.sockets.attach(OUT, descriptor, lambda: _read_chunk(descriptor))

    def on_receive(self, message: Any) -> Any:
        """Follow the process, and answer requests."""
        match message:
            case Arrived(_, b""):
                self._on_closed()
            case Arrived(_, chunk):
                self._on_output(chunk)
            case SourceFailed(_, error):
                self._turn_off(f"its index cannot be built: {error}")
            case DescribeRequest() | LookUpRequest() | RouteRequest() | TerrainRequest():
                return self._answer(message)
        return None

    def on_stop(self) -> None:
        """End the process, and close the index."""
        self._end()

    def on_failure(self, *_: object) -> None:
        """End the process, and close the index."""
        self._end()

    def _answer(self, request: GameDataRequest) -> Description | Matches | GameRoute | TerrainMap:
        if self._answers is not None:
            return self._answers.answer(request)
        status = self._status.value
        if status is not None and status.reason:
            raise RefusedError("unavailable", f"{status.reason}: correct that, and restart the daemon")
        raise RefusedError("unavailable", "the game's files are being indexed: try again later")

    def _on_output(self, chunk: bytes) -> None:
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        for line in lines:
            value = json.loads(line)
            if "error" in value:
                self._error = str(value["error"])
            else:
                files = len(self._options.files)
                self._status.value = GameDataStatus(state="indexing", files=files, progress=value["share"])

    def _on_closed(self) -> None:
        self.sockets.detach(OUT)
        code = 0 if self._process is None else self._process.wait(ENDS_WITHIN_S)
        self._stop_process()
        if code:
            self._turn_off(self._error or f"the process that builds its index {how_it_ended(code)}")
            return
        try:
            library = Library(self._options.index)
        except GameDataError as error:
            self._turn_off(str(error))
            return
        self._answers = Answers(library)
        self._status.value = GameDataStatus(
            state="up", files=library.files, progress=1.0, faults=library.faults[:SHOWN_FAULTS]
        )
        self._library.value = library
        for fault in library.faults:
            log.warning("game data: %s", fault)

    def _turn_off(self, reason: str) -> None:
        log.error("the game's files are not used: %s", reason)
        self._status.value = GameDataStatus(state="off", files=len(self._options.files), reason=reason)

    def _end(self) -> None:
        self.sockets.detach(OUT)
        self._stop_process()
        self._answers = None
        library, self._library.value = self._library.value, None
        if library is not None:
            library.close()

    def _stop_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


def _read_chunk(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except BlockingIOError:
        return None
