"""Standard output as something that may fail: a full disk, a closed stream."""

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


def harmless(text: str) -> str:
    """A line as a terminal may have it: names and chat are anybody's, and could steer it or turn its text around."""
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0].isprintable() else "\N{REPLACEMENT CHARACTER}", text)


def harmless_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(harmless, text.splitlines()))


def harmless_json(text: str) -> str:
    """JSON that says the same, with what a terminal must not have escaped."""
    return _UNPRINTABLE.sub(
        lambda found: found[0] if found[0].isprintable() or found[0] == "\n" else json.dumps(found[0])[1:-1], text
    )


T = TypeVar("T")
GOES_ON_WITHOUT = ("run", "world")
"""What works on whether or not anybody reads what it says."""


@contextmanager
def checked_output(arguments: Sequence[str]) -> Iterator[None]:
    """Standard output for a command line, its failure an error of its own kind.

    Raises:
        OutputFailedError: nothing can be written there. A reader that has gone is no such failure, but click's to see
            to.
    """
    stream = sys.stdout
    if next(iter(arguments), None) in GOES_ON_WITHOUT:
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
    """A stream that tells its own errors from those of files and sockets."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text."""
        return self._checked(lambda: self._stream.write(text))

    def flush(self) -> None:
        """Write what was held back."""
        self._checked(self._stream.flush)

    def _checked(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputFailedError(f"standard output cannot be written: {error.strerror}") from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _forget(stream: TextIO) -> None:
    """Drop what the stream still holds: at its end Python would try again, and complain."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
