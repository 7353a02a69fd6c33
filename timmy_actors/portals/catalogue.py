"""The catalogue: `portals.json`, read and checked, with errors that name file, line and remedy."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.model.portal import Portal

MAX_FILE_BYTES = 1024 * 1024
"""Far more than any catalogue needs, far less than what would hurt."""


def load_catalogue(path: Path) -> tuple[Portal, ...]:
    """The portals listed in `path`.

    Raises:
        ConfigError: the file is missing, is no JSON, or an entry is wrong.
    """
    entries = _entries(path)
    portals = tuple(_portal(path, number, entry) for number, entry in enumerate(entries, start=1))
    _refuse_duplicates(path, portals)
    return portals


def choose(portals: tuple[Portal, ...], portal_id: str, path: Path) -> Portal:
    """The portal called `portal_id`.

    Raises:
        ConfigError: there is none.
    """
    for portal in portals:
        if portal.id == portal_id:
            return portal
    known = ", ".join(portal.id for portal in portals) or "none"
    raise ConfigError(f"{path}: no portal {portal_id!r}; there are: {known}. Choose one of them, or add an entry")


def _entries(path: Path) -> list[object]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the portal catalogue: {error.strerror}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES} bytes: is this the portal catalogue?")
    try:
        document = json.loads(raw)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg}: mend the JSON there") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(document, list):
        raise ConfigError(f"{path}: must be a list of portals: [ {{...}}, ... ]")
    return document


def _portal(path: Path, number: int, entry: object) -> Portal:
    try:
        # Strict JSON types: "12345" is not an app id.
        return Portal.model_validate_json(json.dumps(entry), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "entry"
        name = entry.get("id", "?") if isinstance(entry, dict) else "?"
        raise ConfigError(f"{path}: portal {number} ({name}): {where}: {first['msg']}") from error


def _refuse_duplicates(path: Path, portals: tuple[Portal, ...]) -> None:
    seen: set[str] = set()
    for portal in portals:
        if portal.id in seen:
            raise ConfigError(f"{path}: two portals are called {portal.id!r}: rename one")
        seen.add(portal.id)
