"""The crash report: a file that says why a daemon gave up, without secrets."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from timmy_actors.daemon.portal_supervisor import SECRET_NAMES
from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.portals import Redactor
from timmy_actors.system import state_folder
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from timmy_actors.daemon.runtime import Runtime

PREFIX = "crash-"
LARGEST_SECRET_FILE = 16_384
KEPT = 10
"""How many reports are kept; older ones are deleted."""


def write_crash_report(runtime: Runtime) -> str:
    """Write the report of a tree that has ended.

    Returns:
        A line that says where it is, or why it could not be written.
    """
    try:
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_redactor(runtime).clean_value(_report(runtime)), file, indent=2, default=str)
        for old in sorted(folder.glob(f"{PREFIX}*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, ConfigError) as error:
        return f"no crash report could be written: {error}"
    return f"crash report: {path}"


def dump_flight(runtime: Runtime) -> list[str]:
    """Dump the flight recorder of a tree that has ended, if it is on.

    Returns:
        A line that says where the dump is, or why it could not be written.
    """
    if runtime.flight is None:
        return []
    try:
        return [f"flight recording: {runtime.flight.dump('crash', list(known_secrets(runtime))).path}"]
    except EpisodesUnusableError as error:
        return [f"no flight recording: {error}"]


def _report(runtime: Runtime) -> dict[str, Any]:
    directory = runtime.directory
    events = directory.events.recent
    end = events[-1].at if events else 0.0
    return {
        "version": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "written": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "failure": str(runtime.failure),
        "status": runtime.status().model_dump(mode="json"),
        "settings": runtime.settings.model_dump(
            mode="json", exclude={"desktop": {"environment"}, "steam": {"environment"}}
        ),
        "events": [{**asdict(event), "at": round(event.at - end, 3)} for event in events],
        "dead_letters": [
            {"to": letter.to, "kind": letter.kind, "why": letter.why} for letter in directory.dead_letters.recent
        ],
    }


def _redactor(runtime: Runtime) -> Redactor:
    return Redactor(known_secrets(runtime))


def known_secrets(runtime: Runtime) -> Iterator[str]:
    """The secrets that this process knows: tokens, and variables whose names say that they are secret."""
    for path in runtime.token_files():
        with contextlib.suppress(OSError), path.open(encoding="ascii", errors="replace") as file:
            yield from filter(None, map(_secret_in, file.read(LARGEST_SECRET_FILE).splitlines()))
    settings = runtime.settings
    for environment in (os.environ, settings.desktop.environment, settings.steam.environment):
        yield from (value for name, value in environment.items() if SECRET_NAMES.search(name))


def _secret_in(line: str) -> str | None:
    """The secret in a line of a token file (`TOKEN SCOPES`) or of a file with keys (`secret = "KEY"`)."""
    key, is_field, value = line.partition(" = ")
    words = (value.strip('"') if is_field else line).split()
    return None if not words or words[0].startswith("#") or (is_field and key != "secret") else words[0]
