"""The commands that show the daemon's health: status, tree."""

from __future__ import annotations

import sys
import time

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_health
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.cli.tree import draw_tree
from timmy_actors.client import Daemon, connect

REDRAW_EVERY_S = 0.5


@click.command()
@click.option("--check", is_flag=True, help="Exit with code 1 if the verdict is down: for health checks.")
@root.as_json
@root.endpoint
def status(check: bool, as_json: bool, endpoint: str | None) -> None:
    """Show the verdict, its reasons, the link and the actors."""
    with connect(endpoint) as daemon:
        health = daemon.status()
    if as_json:
        click.echo(escaped_json(health.model_dump_json(by_alias=True, indent=2)))
    else:
        click.echo("\n".join([*map(escaped, describe_health(health)), "", *draw_tree(health)]))
    if check and health.verdict == "down":
        sys.exit(1)


@click.command()
@click.option("--live", is_flag=True, help="Redraw twice a second, until Ctrl-C.")
@root.as_json
@root.endpoint
def tree(live: bool, as_json: bool, endpoint: str | None) -> None:
    """Show the tree of actors with their states, restarts and reasons."""
    with connect(endpoint) as daemon:
        try:
            _show_tree(daemon, as_json=as_json)
            while live:
                time.sleep(REDRAW_EVERY_S)
                click.clear()
                _show_tree(daemon, as_json=as_json)
        except KeyboardInterrupt:
            return


def _show_tree(daemon: Daemon, *, as_json: bool) -> None:
    health = daemon.status()
    if as_json:
        parts = {"actors", "abandoned", "dead_letters", "latest_dead_letters"}
        click.echo(escaped_json(health.model_dump_json(include=parts, indent=2)))
    else:
        click.echo("\n".join(draw_tree(health)))
