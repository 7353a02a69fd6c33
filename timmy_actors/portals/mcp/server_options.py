"""How to reach one MCP server. Plain values, so that nothing here needs the `mcp` package."""

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
"""A shorter secret would take half of every text with it; nobody has one."""


class Redactor:
    """Replaces known secrets, and whatever a URL carries as its key."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret.encode() for secret in secrets if len(secret) >= SHORTEST]

    def clean(self, raw: bytes) -> bytes:
        """The same without them."""
        for secret in self._secrets:
            raw = raw.replace(secret, REDACTED.encode())
        return _QUERY_KEY.sub(rb"\1" + REDACTED.encode(), raw) if b"=" in raw else raw

    def clean_text(self, text: str) -> str:
        """The same for a text."""
        return self.clean(text.encode(errors="backslashreplace")).decode(errors="replace")

    def clean_value(self, value: Any) -> Any:
        """The same for all texts in a JSON value."""
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, Mapping):
            return {name: self.clean_value(inner) for name, inner in value.items()}
        return [self.clean_value(inner) for inner in value] if isinstance(value, list) else value


INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER")
"""What a server gets of the daemon's environment without being asked: nothing that could be a secret."""
PYTHON = "{python}"
"""In a command: the interpreter that runs the daemon."""
CAPTURES = "{captures}"
"""In a command: the folder that captures go to."""


@dataclass(frozen=True)
class ServerOptions:
    """One server: a command to run, or the URL of one that runs already."""

    name: str
    command: tuple[str, ...] = ()
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with each request to `url`: an `Authorization`, say."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the command's environment has besides `INHERITED`."""
    folder: Path | None = None
    protocol: Literal["auto", "legacy"] = "auto"
    """`legacy` shakes hands as before 2026 at once: right for a server on SDK 1.x, and spares its log a warning."""
    start_timeout_s: float = 20.0
    probe_interval_s: float = 15.0
    probe_timeout_s: float = 3.0
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def arguments(self) -> list[str]:
        """The command as it is run."""
        return [word.replace(PYTHON, sys.executable) for word in self.command]


def pick(names: tuple[str, ...], given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Those of the daemon's variables that are set."""
    return {name: given[name] for name in names if name in given}
