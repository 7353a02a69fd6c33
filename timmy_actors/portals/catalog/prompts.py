"""Prompts that teach a model a game: `training/data/prompts_*.yaml`, validated against the portal's bindings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.portals.catalog.bindings import resolve
from timmy_actors.protocol import Action, Name, PortalEntry, PortalId, StrictModel, first_mistake, parse_params
from timmy_actors.recording import DecisionExample
from timmy_actors.system import read_text, training_folder

Line = Annotated[str, Field(min_length=1, max_length=1_000)]


class NamedAction(StrictModel):
    """The name of a binding, and when to use it."""

    name: Name
    use: Line


class Scene(StrictModel):
    """A kind of screen: how to recognise it, what to know about it, and what to do."""

    name: Name
    see: Line
    know: Line
    do: Line


class Prompts(StrictModel):
    """The prompts for one game."""

    portal: PortalId
    game: Name
    system: Annotated[str, Field(min_length=1, max_length=20_000)]
    actions: tuple[NamedAction, ...]
    scenes: tuple[Scene, ...]
    decisions: Annotated[tuple[DecisionExample, ...], Field(min_length=1)]


def load_prompts(entry: PortalEntry, folder: Path | None = None) -> Prompts | None:
    """The prompts of a portal; None: its entry has no prompts. A file that is not shipped is searched in `folder`.

    Raises:
        ConfigError: the file is missing or invalid, or uses actions that the portal lacks.
    """
    if entry.prompts is None:
        return None
    path = training_folder() / "data" / entry.prompts
    if not path.exists() and folder is not None:
        path = folder / entry.prompts
    prompts = _parse(path, _document(path))
    _check_actions(path, prompts, entry)
    return prompts


def _document(path: Path) -> Any:
    try:
        import yaml  # noqa: PLC0415  installed with the extra `portals`
    except ImportError as error:
        raise ConfigError(f"{path}: needs PyYAML: pip install 'timmy_actors[portals]'") from error
    try:
        return yaml.safe_load(read_text(path, "the prompts"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise ConfigError(f"{path}{line}: {getattr(error, 'problem', None) or error}: correct the YAML") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply: use the format of the shipped prompts") from error


def _parse(path: Path, document: Any) -> Prompts:
    try:
        return Prompts.model_validate(document)
    except ValidationError as error:
        raise ConfigError(f"{path}: {first_mistake(error).at('prompts')}") from error


def _check_actions(path: Path, prompts: Prompts, entry: PortalEntry) -> None:
    if prompts.portal != entry.id:
        raise ConfigError(f"{path}: portal: these are the prompts of {prompts.portal!r}, not of {entry.id!r}")
    named = {f"actions.{number}": Action(action=each.name) for number, each in enumerate(prompts.actions)}
    shown = {f"decisions.{n}": each.action for n, each in enumerate(prompts.decisions) if each.action is not None}
    for where, action in named.items():
        _resolve(path, where, action, entry)
    for where, action in shown.items():
        for step in _resolve(path, where, action, entry):
            try:
                parse_params(step.action, step.params)
            except RefusedError as refused:
                raise ConfigError(f"{path}: {where}: {refused.message}") from refused


def _resolve(path: Path, where: str, action: Action, entry: PortalEntry) -> tuple[Action, ...]:
    try:
        return resolve(action, entry.actions)
    except RefusedError as refused:
        raise ConfigError(f"{path}: {where}: {refused.message}") from refused
