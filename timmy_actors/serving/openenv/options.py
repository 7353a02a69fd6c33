"""The options of the OpenEnv server. Imports nothing that only it needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OpenEnvOptions:
    """Which task to serve, where, and to how many."""

    task: str
    """The id of a task that ships, or the path of a task's file, which ends in `.yaml`."""
    port: int
    """The port on 127.0.0.1; 0: any free one."""
    token_file: Path
    """The file with the bearer token, readable by its owner only; created if it is missing."""
    most_sessions: int
    """How many clients may play at once. Each has a world in a process of its own."""
    idle_s: float
    """A session whose client sends nothing for this time is ended."""
