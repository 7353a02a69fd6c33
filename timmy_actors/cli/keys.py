"""The commands for the keys of connections between machines: keys generate, keys show."""

from __future__ import annotations

import json
from pathlib import Path

import click

from timmy_actors.cli import root
from timmy_actors.system import KeyPair, expand_user, generate_keys, read_keys, write_keys

FOLDER = "~/.config/timmy-actors"


@click.group()
def keys() -> None:
    """Create and show the keys for connections between machines.

    \b
    The daemon's:   timmy-actors keys generate gamehost --file ~/.config/timmy-actors/remote.key
    A client's:     timmy-actors keys generate laptop --server KEY_OF_GAMEHOST
    Then append the line that the second one prints to the daemon's clients file.
    """


@keys.command()
@click.argument("name")
@click.option("--server", metavar="KEY", help="The public key of the daemon that the owner connects to.")
@click.option(
    "--file", type=click.Path(dir_okay=False, path_type=Path), help=f"The new file. Default: {FOLDER}/NAME.key."
)
@root.as_json
def generate(name: str, server: str | None, file: Path | None, as_json: bool) -> None:
    """Create a key pair in a file that only you can read, and print the public key."""
    pair = generate_keys(name, server)
    path = file or expand_user(f"{FOLDER}/{name}.key", "--file")
    write_keys(pair, path)
    click.echo(f"written to {path}; the public key:", err=True)
    _show(pair, as_json=as_json)


@keys.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@root.as_json
def show(file: Path, as_json: bool) -> None:
    """Print the name and the public key in a file, as a line of the daemon's clients file."""
    _show(read_keys(file), as_json=as_json)


def _show(pair: KeyPair, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"name": pair.name, "public": pair.public}))
    else:
        click.echo(f"{pair.name} {pair.public}")
