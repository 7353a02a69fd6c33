"""Reads and validates the catalog `portals.json`. Errors name the file, the line and the remedy."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.portals.catalog.bindings import Bindings, steps_of
from timmy_actors.portals.catalog.json_lines import line_of
from timmy_actors.protocol import PortalEntry, first_mistake, parse_params
from timmy_actors.system import from_folder, read_text

log = logging.getLogger(__name__)
Signature = tuple[int, int, int]
HARNESS = "harness"
"""The type of a destination that names the world which is perceived beside the portal."""


def load_catalog(path: Path) -> tuple[PortalEntry, ...]:
    """The portals listed in `path`.

    Raises:
        ConfigError: the file is missing or is not JSON, or an entry is invalid.
    """
    source = _Source(path, read_text(path, "the portal catalog"))
    entries = _entries(source)
    portals = tuple(_portal(source, number, entry) for number, entry in enumerate(entries))
    _refuse_duplicates(source, portals)
    return portals


def choose(portals: tuple[PortalEntry, ...], portal_id: str, path: Path) -> PortalEntry:
    """The portal with the id `portal_id`.

    Raises:
        ConfigError: there is no such portal.
    """
    for portal in portals:
        if portal.id == portal_id:
            return portal
    known = ", ".join(portal.id for portal in portals) or "none"
    raise ConfigError(f"{path}: no portal {portal_id!r}; there are: {known}. Choose one of them, or add an entry")


def check_world(path: Path, portal_id: str, worlds: Collection[str]) -> str | None:
    """The name of the world in which a portal's destination lies; None: it is of another type than `harness`.

    Raises:
        ConfigError: it names none of `worlds`; or there is no such portal, or the catalog cannot be used.
    """
    portals = load_catalog(path)
    portal = choose(portals, portal_id, path)
    if portal.destination.type != HARNESS:
        return None
    world = portal.destination.params.get("world")
    if isinstance(world, str) and world in worlds:
        return world
    text = read_text(path, "the portal catalog")
    prefix = () if isinstance(json.loads(text), list) else ("portals",)
    line = line_of(text, (*prefix, portals.index(portal), "destination", "params", "world"))
    known = ", ".join(sorted(worlds)) or "none"
    raise ConfigError(
        f"{path}, line {line}: portal {portal_id}: destination.params.world: no world {world!r}; there are: {known}."
        f" Add [worlds.NAME] to the configuration, or name one of them"
    )


@dataclass
class _Source:
    path: Path
    text: str
    prefix: tuple[str, ...] = ()
    """The key that holds the list of portals; empty if the list is the whole file."""

    def error(self, number: int, where: tuple[str | int, ...], message: str) -> ConfigError:
        """The error for an entry (numbered from 0), with the file and the line."""
        line = line_of(self.text, (*self.prefix, number, *where))
        return ConfigError(f"{self.path}, line {line}: {message}")


def _entries(source: _Source) -> list[object]:
    path = source.path
    try:
        document = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg}: correct the JSON") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as JSON: {error}") from error
    if isinstance(document, list):
        return document
    if not isinstance(document, dict) or not isinstance(document.get("portals"), list):
        raise ConfigError(f'{path}: must be a list of portals: [ {{...}}, ... ], alone or as "portals" of an object')
    for key in document.keys() - {"$schema", "portals"}:
        line = line_of(source.text, (key,))
        raise ConfigError(f'{path}, line {line}: {key}: no such key; there are: "$schema" and "portals"')
    source.prefix = ("portals",)
    entries: list[object] = document["portals"]
    return entries


def _portal(source: _Source, number: int, entry: object) -> PortalEntry:
    name = f"portal {number + 1} ({entry.get('id', '?') if isinstance(entry, dict) else '?'})"
    try:
        # Strict types: the string "12345" is not a valid app id.
        portal = PortalEntry.model_validate_json(json.dumps(entry), strict=True)
    except ValidationError as error:
        mistake = first_mistake(error)
        if mistake.kind == "extra_forbidden" and len(mistake.path) == 1:
            known = ", ".join(sorted(PortalEntry.model_fields))
            mistake = mistake._replace(text=f"no such key; there are: {known}")
        raise source.error(number, mistake.path, f"{name}: {mistake.at('entry')}") from error
    _refuse_unknown_names(source, number, name, portal)
    _refuse_wrong_steps(source, number, name, "actions", portal.actions)
    _refuse_wrong_steps(source, number, name, "after_failure", portal.after_failure)
    if portal.log_file is None:
        return portal
    return portal.model_copy(update={"log_file": from_folder(portal.log_file, source.path.parent)})


def _refuse_unknown_names(source: _Source, number: int, name: str, portal: PortalEntry) -> None:
    """Check that the notes, follow-up actions and settings refer to bindings that the portal has."""
    settings = {} if portal.settings is None else portal.settings.names
    references: tuple[tuple[tuple[str, ...], Mapping[str, object]], ...] = (
        (("notes",), portal.notes),
        (("after_failure",), portal.after_failure),
        (("settings", "names"), settings),
    )
    known = ", ".join(sorted(portal.actions)) or "none"
    for where, names in references:
        for binding in (each for each in names if each not in portal.actions):
            message = f"{name}: {'.'.join((*where, binding))}: no such name in actions; there are: {known}"
            raise source.error(number, (*where, binding), message)


def _refuse_wrong_steps(source: _Source, number: int, name: str, key: str, bindings: Bindings) -> None:
    for binding, action in bindings.items():
        for step in steps_of(action):
            try:
                parse_params(step.action, step.params)
            except RefusedError as refused:
                message = f"{name}: {key}.{binding}: {refused.message}"
                raise source.error(number, (key, binding), message) from refused


def _refuse_duplicates(source: _Source, portals: tuple[PortalEntry, ...]) -> None:
    seen: set[str] = set()
    for number, portal in enumerate(portals):
        if portal.id in seen:
            raise source.error(number, ("id",), f"two portals have the id {portal.id!r}: rename one")
        seen.add(portal.id)


class CatalogFile:
    """The active portals. An invalid new version of the file sets `error` and leaves the portals unchanged.

    Raises:
        ConfigError: on construction, if the file is invalid.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _signature(path)
        self.portals = load_catalog(path)
        self.error: str | None = None
        """Why the current version of the file is not active."""

    def reload(self) -> bool:
        """Read the file again if it has changed; returns whether the active portals or the error changed."""
        signature = _signature(self.path)
        if signature == self._seen:
            return False
        self._seen = signature
        before = (self.portals, self.error)
        try:
            self._refuse_special_file()
            self.portals, self.error = load_catalog(self.path), None
        except ConfigError as error:
            self.error = str(error)
            log.warning("%s (the previous portals stay active)", error)
        return (self.portals, self.error) != before

    def _refuse_special_file(self) -> None:
        if self.path.exists() and not self.path.is_file():  # reading a FIFO would block until there is a writer
            raise ConfigError(
                f"{self.path}: cannot read the portal catalog: it is no longer a regular file: restore it"
            )


def _signature(path: Path) -> Signature | None:
    # Editors replace files: the inode detects that even if two writes have the same modification time.
    try:
        facts = os.stat(path)  # noqa: PTH116  one call with all three
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
