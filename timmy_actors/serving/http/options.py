"""The options of the HTTP server. Imports nothing that only HTTP needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HttpOptions:
    """Where to listen, who may call, and the files to read."""

    host: str
    """The IP address to listen at."""
    port: int
    """0: any free port."""
    token_file: Path
    """The file with the bearer token, readable by its owner only."""
    allowed_hosts: tuple[str, ...] = ()
    """Names in a `Host` header that are accepted besides this machine's own."""
    allowed_origins: tuple[str, ...] = ()
    """Other sites whose pages may call: `https://example.org`."""
    metrics_public: bool = False
    """Whether `/metrics` needs no token."""
    captures: Path = Path()
    """The folder of the screenshots."""
    journal: Path | None = None
    """The command journal; None if it is disabled."""
    episodes: Path = Path()
    """The folder of the recorded episodes."""
    fleet: Path | None = None
    """The file with the endpoints of several daemons; None: there is none."""
    client: str = ""
    """The daemon's name, under which its commands are journaled."""
