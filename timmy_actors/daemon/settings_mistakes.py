"""Explains mistakes in a configuration file: the line, the key, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from timmy_actors.protocol import Mistake, first_mistake

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")
_REPEATED = re.compile("overwrite|twice|[Dd]uplicate")
"""Matches tomllib's messages about duplicate keys."""
_ASSIGNMENT = re.compile(r"\s*([\w.\"' -]+?)\s*=")


def describe_toml_error(text: str, message: str) -> str:
    """Why a text is not TOML: the place, what is wrong, and the remedy."""
    first: dict[str, int] = {}
    for number, keys in _keys_by_line(text) if _REPEATED.search(message) else ():
        key = ".".join(keys)
        if key in first:
            return f", line {number}: {key}: is set already, on line {first[key]}: remove one of them"
        first[key] = number
    lines = len(text.splitlines())
    return f": {message.replace('at end of document', f'at the end, line {lines}')}: correct the TOML there"


def explain(path: Path, text: str, error: ValidationError, model: type[BaseModel]) -> str:
    """Why settings are invalid: the file and the line, the key, what is wrong, and the remedy."""
    mistake = first_mistake(error)
    keys = [str(part) for part in mistake.path]
    line = _line_of(text, keys)
    where = f"{path}, line {line}" if line else str(path)
    return f"{where}: {'.'.join(keys)}: {_remedy(mistake, keys, model)}"


def _remedy(mistake: Mistake, keys: list[str], model: type[BaseModel]) -> str:
    match mistake.kind:
        case "extra_forbidden":
            return f"no such key; there are: {', '.join(_known_keys(keys[:-1], model))}"
        case "model_type":
            return f"must be a table: [{'.'.join(keys)}], its keys below it"
    return mistake.text


def _known_keys(section: list[str], settings: type[BaseModel]) -> list[str]:
    model: Any = settings
    for key in section:
        # A table of tables has names of the operator's; the keys are those of its values.
        model = model.model_fields[key].annotation if hasattr(model, "model_fields") else get_args(model)[1]
    return sorted(model.model_fields)


def _line_of(text: str, keys: list[str]) -> int | None:
    """The line of the key, or else of the innermost table around it that has a line."""
    lines = list(_keys_by_line(text))
    for depth in range(len(keys), 0, -1):
        for number, keys_of_line in lines:
            if keys_of_line == keys[:depth]:
                return number
    return None


def _keys_by_line(text: str) -> Iterator[tuple[int, list[str]]]:
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, [*table, *_parts(assignment[1])]


def _parts(dotted: str) -> list[str]:
    return [part.strip(" \t\"'") for part in dotted.split(".")]
