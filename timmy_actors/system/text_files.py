"""Reads text files written by people, up to a size limit, with errors that name the file and the remedy."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.errors import ConfigError

MAX_FILE_BYTES = 1024 * 1024
"""Far more than any such file needs, and far too little to exhaust memory."""


def read_text(path: Path, what: str, remedy: str = "") -> str:
    """Read the text in `path`; `what` names it in errors ("the configuration"), `remedy` says what to do.

    Raises:
        ConfigError: it cannot be read, is larger than MAX_FILE_BYTES, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        hint = f": {remedy}" if remedy else ""
        raise ConfigError(f"{path}: cannot read {what}: {error.strerror}{hint}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES} bytes: check that this is {what}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason}: save it as UTF-8") from error
