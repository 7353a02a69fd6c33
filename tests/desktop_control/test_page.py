"""The page on desktop-control says which tools, arguments and errors there are, and what is printed at the start."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

from tests.desktop_control.stage import Screen, Server
from timmy_actors.desktop_control.reasons import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "desktop-control.md").read_text(encoding="utf-8")
WORD = re.compile(r"`(\w+)`")


def table(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.split("|")[1:]] for line in section.splitlines() if line.startswith("| `")]


def documented() -> dict[str, set[str]]:
    """The arguments of each tool; of one of several in a row `x; y also z`, those of the row."""
    tools: dict[str, set[str]] = {}
    for names, arguments, *_ in table("Tools"):
        for name in WORD.findall(names):
            shared, *own = re.sub(r"\([^)]*\)", "", arguments).split("; ")
            extra = [part for part in own if part.startswith(f"`{name}` also ")]
            tools[name] = set(WORD.findall(shared)) | {word for part in extra for word in WORD.findall(part)[1:]}
    return tools


def test_the_table_names_every_tool_with_its_arguments(shared_server: Server) -> None:
    told = {name: set(tool.input_schema.get("properties", {})) for name, tool in shared_server.tools().items()}
    assert documented() == told


def test_every_error_code_is_explained() -> None:
    assert {code for row in table("Errors") for code in WORD.findall(row[0])} == set(get_args(Reason))


def test_what_a_server_over_http_prints_is_as_on_the_page(screen: Screen, tmp_path: Path, runtime_folder: Path) -> None:
    own = {"XDG_RUNTIME_DIR": str(runtime_folder)}  # beside the server of the other tests
    (line,) = re.findall(r"^\$ DISPLAY=:0 (python .* --http 0 .*?) *#.*\n", PAGE, re.MULTILINE)
    (printed,) = re.findall(r'^\{"ready".*\}$', PAGE, re.MULTILINE)
    _, *arguments = shlex.split(line)
    environment = {**os.environ, **screen.environment, **own, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        told = server.stdout.readline()
        server.terminate()
    assert _without_port(json.loads(told)) == _without_port(json.loads(printed))
    assert (tmp_path / "desktop.token").stat().st_mode & 0o777 == 0o600


def _without_port(ready: dict[str, str]) -> dict[str, str]:
    return {**ready, "url": re.sub(r":\d+/", ":PORT/", ready["url"])}
