"""Checks files of training data: their form, and the pictures that they name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.protocol import first_mistake
from timmy_actors.recording.training.models import EXAMPLE, AnnotatedPicture, DialogueTree, Example
from timmy_actors.system import read_text

SUFFIXES = (".json", ".jsonl")
Counted = dict[str, int]


@dataclass(frozen=True)
class DataFinding:
    """Something wrong with a file: where, and what must hold there."""

    path: Path
    line: int | None
    message: str

    def __str__(self) -> str:
        where = f"{self.path}, line {self.line}" if self.line is not None else str(self.path)
        return f"{where}: {self.message}"


def check_data(paths: list[Path], counted: Counted) -> Iterator[DataFinding]:
    """What is wrong with files, and with the .json and .jsonl files of folders; counts the examples by kind."""
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES) if path.is_dir() else [path]
        if not files:
            yield DataFinding(path, None, "there is no .json or .jsonl file: name a folder of training data")
        for file in files:
            yield from _check_file(file, counted)


def _check_file(path: Path, counted: Counted) -> Iterator[DataFinding]:
    try:
        text = read_text(path, "training data")
    except ConfigError as error:
        yield DataFinding(path, None, str(error).removeprefix(f"{path}: "))
        return
    parts = list(enumerate(text.splitlines(), start=1)) if path.suffix == ".jsonl" else [(None, text)]
    for line, part in parts:
        try:
            example = EXAMPLE.validate_json(part)
        except ValidationError as error:
            yield DataFinding(path, line, _explain(part, error))
            continue
        counted[example.kind] = counted.get(example.kind, 0) + 1
        yield from (DataFinding(path, line, message) for message in _wrong_picture(path.parent, example))


def _explain(text: str, error: ValidationError) -> str:
    try:
        json.loads(text)
    except ValueError as reason:
        return f"is not JSON: {reason}: correct it there"
    except RecursionError:
        return "is nested too deeply: use the form of the schema"
    mistake = first_mistake(error)
    return mistake.text if mistake.kind == "value_error" else mistake.at("the example")


def _wrong_picture(folder: Path, example: Example) -> Iterator[str]:
    if isinstance(example, DialogueTree) or example.picture is None:
        return
    path = folder / example.picture
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        yield f"picture: there is no file {example.picture!r} in this folder: copy it there"
    elif isinstance(example, AnnotatedPicture) and example.sha256 != hashlib.sha256(path.read_bytes()).hexdigest():
        yield "sha256: the picture is another one: annotate it again"
