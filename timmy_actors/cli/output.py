"""Makes output safe for a terminal, and reports errors of standard output: a full disk, a closed stream."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO, TypeVar

from timmy_actors.errors import OutputFailedError

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


T = TypeVar("T")
READER_GONE = 141
"""A shell's exit code for a program that SIGPIPE ended: the reader of its output has closed the pipe."""
OUTPUT_OPTIONAL = ("run", "world", "mcp")
"""Commands that run without standard output too."""


def escaped(text: str) -> str:
    """Replace a line's control characters: names and chat are untrusted, and could control the terminal."""
    return _UNPRINTABLE.sub(lambda match: match[0] if match[0].isprintable() else "\N{REPLACEMENT CHARACTER}", text)


def escaped_lines(text: str) -> str:
    """Apply `escaped` to each line of a text."""
    return "\n".join(map(escaped, text.splitlines()))


def escaped_json(text: str) -> str:
    """Escape the control characters in JSON; its value does not change."""
    return _UNPRINTABLE.sub(
        lambda match: match[0] if match[0].isprintable() or match[0] == "\n" else json.dumps(match[0])[1:-1], text
    )


@contextmanager
def checked_output(arguments: Sequence[str]) -> Iterator[None]:
    """Raise errors of standard output as `OutputFailedError` while a command runs.

    Raises:
        OutputFailedError: standard output cannot be written.
        SystemExit: with `READER_GONE`: its reader has closed the pipe, as `head` does when it has enough.
    """
    stream = sys.stdout
    if next(iter(arguments), None) in OUTPUT_OPTIONAL:
        yield
        return
    if stream is None:
        raise OutputFailedError("standard output is closed: nothing was done")
    sys.stdout = _Checked(stream)
    try:
        yield
    except OutputFailedError:
        _forget(stream)
        raise
    finally:
        sys.stdout = stream


class _Checked:
    """A stream whose errors are raised as `OutputFailedError`, to distinguish them from those of files and sockets."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text to the stream."""
        return self._checked(lambda: self._stream.write(text))

    def flush(self) -> None:
        """Flush the stream's buffer."""
        self._checked(self._stream.flush)

    def _checked(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except BrokenPipeError:
            _forget(self._stream)
            sys.exit(READER_GONE)
        except OSError as error:
            raise OutputFailedError(f"standard output cannot be written: {error.strerror}") from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _forget(stream: TextIO) -> None:
    """Drop the stream's buffer: at exit Python would try to write it again, and report the error."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
