"""The messages of an installed wheel name only files that the wheel contains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
MODULES = sorted((TOP / "timmy_actors").rglob("*.py"))
SCRIPTS = sorted((TOP / "lua").rglob("*.lua"))
SETTINGS = [path for path in sorted((TOP / "config").iterdir()) if path.suffix != ".py"]
ONLY_IN_A_CHECKOUT = re.compile(r"\b(?:docs|tests|benchmarks|examples|docker)/[\w.]|README|CONTRIBUTING|\bmake [a-z]+-")
LUA_COMMENT = re.compile(r"--\[(=*)\[.*?\]\1\]|--[^\n]*", re.DOTALL)


def texts(path: Path) -> Iterator[str]:
    """A module's string literals, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TOP)))
def test_no_message_names_what_only_a_checkout_has(path: Path) -> None:
    assert [text for text in texts(path) if ONLY_IN_A_CHECKOUT.search(text)] == []


def test_no_message_of_the_bridge_does() -> None:

    paths = {path.name: ONLY_IN_A_CHECKOUT.findall(LUA_COMMENT.sub("", path.read_text("utf-8"))) for path in SCRIPTS}
    assert {name: named for name, named in paths.items() if named} == {}
    assert len(SCRIPTS) > 100


def test_no_file_of_the_shipped_settings_does() -> None:

    paths = {path.name: ONLY_IN_A_CHECKOUT.findall(path.read_text("utf-8")) for path in SETTINGS}
    assert {name: named for name, named in paths.items() if named} == {}
