from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from timmy_actors.cli.root import COMMANDS, cli

COMPLETE = """
source <(timmy-actors completion bash)
complete -p timmy-actors
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_timmy_actors_completion timmy-actors {last} 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which `timmy-actors` is this checkout's."""
    program = tmp_path / "timmy-actors"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m timmy_actors "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [("timmy-actors ''", set(COMMANDS)), ("timmy-actors run --log-format j", {"json", "journald"})],
)
def test_bash_completes_commands_options_and_values(
    words: str, expected: set[str], environment: dict[str, str]
) -> None:
    script = COMPLETE.format(words=words, last=words.rsplit(" ", 1)[1])
    command = ["bash", "--norc", "--noprofile", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
    registered, *replies = done.stdout.split("\n")
    assert registered.endswith("-F _timmy_actors_completion timmy-actors")
    assert {reply for reply in replies if reply} == expected, done.stderr


@pytest.mark.parametrize(("shell", "first_line"), [("zsh", "#compdef timmy-actors"), ("fish", "function _timmy")])
def test_the_scripts_of_the_other_shells_are_printed(shell: str, first_line: str) -> None:
    printed = CliRunner().invoke(cli, ["completion", shell])
    assert printed.output.lstrip().startswith(first_line)
