"""The file of an evaluation: its settings in the first line, then one line for each episode that has ended.

A line is on the disk before its episode counts as played. A crash can therefore leave at most one incomplete line, the
last; it is cut off when the evaluation continues, and its episode is played again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from pydantic import ValidationError

from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.fleet.evaluation.records import EpisodeKey, EpisodeResult, EvaluationHead
from timmy_actors.protocol import first_mistake
from timmy_actors.recording import lock_folder

FILE = "episodes.jsonl"
EX_DATAERR, EX_IOERR = 65, 74
MAX_BYTES = 1 << 30
"""The largest file that is read: some millions of episodes."""


class ResultFile:
    """The results of the evaluation in `folder`, locked for this process. Creates the folder if it is missing.

    Raises:
        ConfigError: the folder has an evaluation with other settings; the message names one of them.
        EpisodesUnusableError: the file is damaged, cannot be written, or another process evaluates into the folder.
    """

    def __init__(self, folder: Path, head: EvaluationHead) -> None:
        self.path = folder / FILE
        self.results: dict[EpisodeKey, EpisodeResult] = {}
        self._lock = lock_folder(folder, "evaluates")
        self._descriptor = -1
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._read(head)
        except OSError as error:
            self.close()
            raise self._unwritable(error) from error
        except BaseException:
            self.close()
            raise

    def append(self, result: EpisodeResult) -> None:
        """Store a result durably.

        Raises:
            EpisodesUnusableError: it cannot be written; what was stored before is unharmed.
        """
        try:
            self._write(result.model_dump_json())
        except OSError as error:
            raise self._unwritable(error) from error
        self.results[result.key] = result

    def close(self) -> None:
        """Close the file, and let other processes use the folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _read(self, head: EvaluationHead) -> None:
        text = self._complete_lines()
        if not text:
            self._write(head.model_dump_json())
            _sync_folder(self.path.parent)
            return
        first, *rest = text.splitlines()
        self._compare(self._parse(first), head)
        for number, line in enumerate(rest, start=2):
            try:
                result = EpisodeResult.model_validate_json(line)
            except ValidationError as error:
                self._damaged(number, first_mistake(error).at("the line"))
            if result.key in self.results or result.task not in head.tasks or result.number > head.episodes:
                self._damaged(number, f"episode {result.number} of {result.task!r} is stored twice, or not planned")
            self.results[result.key] = result

    def _complete_lines(self) -> bytes:
        """The file without an incomplete last line, which is removed."""
        size = os.fstat(self._descriptor).st_size
        if size > MAX_BYTES:
            raise EpisodesUnusableError(
                f"{self.path}: has more than {MAX_BYTES} bytes: is it an evaluation?", EX_DATAERR
            )
        text = os.pread(self._descriptor, size, 0)
        complete = text[: text.rfind(b"\n") + 1]
        if len(complete) < len(text):
            os.ftruncate(self._descriptor, len(complete))
        return complete

    def _parse(self, line: bytes) -> EvaluationHead:
        try:
            return EvaluationHead.model_validate_json(line)
        except ValidationError as error:
            self._damaged(1, first_mistake(error).at("the line"))

    def _compare(self, stored: EvaluationHead, head: EvaluationHead) -> None:
        for name, wanted in head:
            before = getattr(stored, name)
            if before != wanted:
                raise ConfigError(
                    f"{self.path}: was begun with {name} {_shown(before)}, not {_shown(wanted)}: continue it with the"
                    " settings that it has, or name another folder"
                )

    def _write(self, line: str) -> None:
        size = os.fstat(self._descriptor).st_size
        rest = memoryview(f"{line}\n".encode())
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise

    def _damaged(self, line: int, reason: str) -> NoReturn:
        message = f"{self.path}: line {line} is damaged: {reason}: correct or remove it, or name another folder"
        raise EpisodesUnusableError(message, EX_DATAERR)

    def _unwritable(self, error: OSError) -> EpisodesUnusableError:
        count = len(self.results)
        return EpisodesUnusableError(
            f"{self.path}: cannot be written ({error.strerror}): correct that, and give the same command again: it"
            f" continues after the {count} episodes that are stored",
            EX_IOERR,
        )


def _shown(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, dict) else value)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
