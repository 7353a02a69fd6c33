"""Files that a person wrote: read whole, bounded, and with an error that names the file and the remedy."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.errors import ConfigError

MAX_FILE_BYTES = 1024 * 1024
"""Far more than any of them needs, far less than what would hurt."""


def read_text(path: Path, what: str, remedy: str = "") -> str:
    """The text in `path`, which is `what` ("the configuration").

    Raises:
        ConfigError: it cannot be read (do as `remedy` says), is far too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        hint = f": {remedy}" if remedy else ""
        raise ConfigError(f"{path}: cannot read {what}: {error.strerror}{hint}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES} bytes: is this {what}?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason}") from error
