"""Imports of the package point one way, those for types included."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import timmy_actors.supervision

ROOM = Path(timmy_actors.supervision.__file__).parent
PREFIX = "timmy_actors.supervision."


def imported_by(file: Path) -> set[str]:
    """The modules of this room that a file imports anywhere, under `TYPE_CHECKING` as well."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    modules = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {module.removeprefix(PREFIX) for module in modules if module.startswith(PREFIX)}


def test_no_module_is_in_a_circle() -> None:
    graph = {file.stem: imported_by(file) for file in ROOM.glob("*.py") if file.stem != "__init__"}
    assert len(graph) > 20
    assert set(TopologicalSorter(graph).static_order()) == set(graph)  # raises CycleError, which names the circle
