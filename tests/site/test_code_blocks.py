"""The blocks of code of every page: command lines are understood, configurations load, JSON and Python parse.

What a page's programs do is shown by the tests of that page, such as `tests/end_to_end/test_readme.py`.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest
import yaml

from timmy_actors.cli.root import cli
from timmy_actors.daemon.settings import load_settings

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TARGETS = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
PLACEHOLDERS = {"EPISODE": "20261130T190325Z-711ff9", "PICTURE.jpg": "picture.jpg", "FILE": "file", "EPISODE...": "a"}
TRIED = {"console", "bash", "sh", "toml", "json", "yaml", "python", "py"}
OTHERS = {"mermaid", "text", "lua"}
"""Pictures, output, and a line for a script of a server."""


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str


EVERY_BLOCK = [
    Block(str(page.relative_to(TOP)), *block)
    for page in PAGES
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
]


def blocks(*languages: str) -> list[Block]:
    """The blocks in these languages, of all pages."""
    return [block for block in EVERY_BLOCK if block.language in languages]


def command_lines() -> Iterator[tuple[str, str]]:
    """Each command line with its page."""
    for block in blocks("console"):
        whole = block.text.replace("\\\n", "")
        yield from ((block.page, line) for line in re.findall(r"^\$ (.*)$", whole, re.MULTILINE))
    for block in blocks("bash", "sh"):
        yield from ((block.page, line) for line in block.text.splitlines() if line and line[0] not in "#} ")


@pytest.mark.parametrize(("page", "line"), list(command_lines()))
def test_a_command_line_is_understood(page: str, line: str) -> None:
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(line, comments=True)]
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)  # variables
    match words:
        case ["make", target, *_]:
            assert target in TARGETS
        case ["timmy-actors", *arguments]:
            understood(cli, arguments, page)


def understood(command: click.Command, arguments: list[str], page: str) -> None:
    """Have click parse the line without running it; a file that is missing here is there for the reader."""
    for operator in ("|", ">", "&&", "2>"):
        if operator in arguments:
            arguments = arguments[: arguments.index(operator)]
    try:
        context = command.make_context(command.name, list(arguments), resilient_parsing=False)
    except click.exceptions.Exit:
        return  # --help, --version
    except click.BadParameter as error:
        if "does not exist" in error.message:
            return
        raise
    if isinstance(command, click.Group):
        words = [*context._protected_args, *context.args]
        if not words and command.invoke_without_command:
            return
        name, subcommand, rest = command.resolve_command(context, words)
        assert name is not None, (page, arguments)
        assert subcommand is not None
        understood(subcommand, rest, page)


@pytest.mark.parametrize("block", blocks("toml"))
def test_a_configuration_loads(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "timmy.toml"
    file.write_text(block.text)
    load_settings(file)


@pytest.mark.parametrize("block", blocks("json", "yaml", "python", "py"))
def test_data_and_programs_parse(block: Block) -> None:
    match block.language:
        case "json":
            json.loads(block.text if block.text[0] in "{[" else f"{{{block.text}}}")
        case "yaml":
            yaml.safe_load(block.text)
        case _:
            ast.parse(block.text)


def test_no_block_is_in_a_language_that_is_not_tried() -> None:
    assert {block.language for block in EVERY_BLOCK} <= TRIED | OTHERS
