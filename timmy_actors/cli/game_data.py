"""The commands about the game's data files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_record, describe_route
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect
from timmy_actors.daemon import config_path, game_data_options, load_settings
from timmy_actors.errors import ConfigError
from timmy_actors.gamedata import Library, build_index
from timmy_actors.protocol import MAX_MATCHES, Model, Place


@click.command()
@click.argument("record")
@root.as_json
@root.endpoint
def describe(record: str, as_json: bool, endpoint: str | None) -> None:
    """Describe a thing, person, quest or cell by the game's data files.

    RECORD is its id, an interior's name, or a unique index.
    """
    with connect(endpoint) as daemon:
        described = daemon.describe(record)
    _show(described, describe_record(described), as_json=as_json)


@click.command("look-up")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, MAX_MATCHES), default=20, show_default=True, help="The most matches.")
@root.as_json
@root.endpoint
def look_up(text: str, limit: int, as_json: bool, endpoint: str | None) -> None:
    """Find records of the game's data files by a part of their name."""
    with connect(endpoint) as daemon:
        matches = daemon.look_up(text, limit=limit)
    lines = [f"{match.kind:18} {match.id:32} {match.name or ''}".rstrip() for match in matches.matches]
    _show(matches, [*lines, *(["there are more: name more of it"] if matches.truncated else [])], as_json=as_json)


@click.command()
@click.argument("to")
@click.option(
    "--from", "start", type=(str, float, float, float), metavar="CELL X Y Z", help="Default: the player's position."
)
@root.as_json
@root.endpoint
def route(to: str, start: tuple[str, float, float, float] | None, as_json: bool, endpoint: str | None) -> None:
    """Find a way on foot to a cell, a town, a person or a thing."""
    place = None if start is None else Place(cell=start[0], x=start[1], y=start[2], z=start[3])
    with connect(endpoint) as daemon:
        way = daemon.route(to, start=place)
    _show(way, describe_route(way), as_json=as_json)
    if way.reason:
        sys.exit(1)


@click.command("index-game-data")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration file (timmy.toml).")
def index_game_data(config: Path | None) -> None:
    """Index the game's data files, and show what is wrong with them.

    They are those of game_data.files in the configuration. A daemon does so by itself at its start.
    """
    options = game_data_options(load_settings(config_path(config)))
    if options is None:
        raise ConfigError("game_data.files names no files")
    with click.progressbar(length=100, label="Indexing", file=sys.stderr) as bar:
        build_index(
            options.files,
            options.index,
            code_page=options.code_page,
            on_progress=lambda done, total: bar.update(done * 100 // total - bar.pos),
        )
    library = Library(options.index)
    for fault in library.faults:
        click.echo(escaped(fault))
    click.echo(escaped(f"{library.files} files are indexed in {options.index}"))
    library.close()


def _show(answer: Model, lines: list[str], *, as_json: bool) -> None:
    click.echo(escaped_json(answer.model_dump_json(indent=2)) if as_json else "\n".join(map(escaped, lines)))
