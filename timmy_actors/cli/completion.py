"""The command that prints the script for a shell's completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from timmy_actors.cli import root

PROGRAM = "timmy-actors"
VARIABLE = "_TIMMY_ACTORS_COMPLETE"
"""What the script sets when it asks this program for the completions."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands in bash, zsh or fish.

    \b
    bash: timmy-actors completion bash > ~/.local/share/bash-completion/completions/timmy-actors
    zsh:  timmy-actors completion zsh > "${fpath[1]}/_timmy-actors"
    fish: timmy-actors completion fish > ~/.config/fish/completions/timmy-actors.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click does not know {shell}")
    click.echo(kind(root.cli, {}, PROGRAM, VARIABLE).source())
