"""The options of one MCP server. Does not need the `mcp` package."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

REDACTED = "[redacted]"
_QUERY_KEY = re.compile(rb"([?&](?:key|access_token|token)=)[^&\s\"'\\<>]+", re.IGNORECASE)
SHORTEST = 6
"""Minimum length: a shorter string would match ordinary text, and no real secret is that short."""


INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER")
"""The daemon's environment variables that every server inherits: none of them holds a secret."""
PYTHON = "{python}"
"""In a command: the interpreter that runs the daemon."""
CAPTURES = "{captures}"
"""In a command: the folder for captures."""


class Redactor:
    """Replaces known secrets, and the values of key and token parameters in URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret.encode() for secret in secrets if len(secret) >= SHORTEST]

    def clean(self, raw: bytes) -> bytes:
        """The bytes without secrets."""
        for secret in self._secrets:
            raw = raw.replace(secret, REDACTED.encode())
        return _QUERY_KEY.sub(rb"\1" + REDACTED.encode(), raw) if b"=" in raw else raw

    def clean_text(self, text: str) -> str:
        """The text without secrets."""
        return self.clean(text.encode(errors="backslashreplace")).decode(errors="replace")

    def clean_value(self, value: Any) -> Any:
        """The JSON value with secrets replaced in all its strings."""
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, Mapping):
            return {name: self.clean_value(inner) for name, inner in value.items()}
        return [self.clean_value(inner) for inner in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class ServerOptions:
    """One server: a command to run, or the URL of a running server."""

    name: str
    command: tuple[str, ...] = ()
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with each request to `url`, for example `Authorization`."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of the command besides `INHERITED`."""
    folder: Path | None = None
    protocol: Literal["auto", "legacy"] = "auto"
    """`legacy` starts with the handshake from before 2026; it avoids a warning in the log of a server on SDK 1.x."""
    start_timeout_s: float = 20.0
    probe_interval_s: float = 15.0
    probe_timeout_s: float = 3.0
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def arguments(self) -> list[str]:
        """The command with `{python}` replaced."""
        return [word.replace(PYTHON, sys.executable) for word in self.command]


def pick(names: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of the environment with these names."""
    return {name: environment[name] for name in names if name in environment}
