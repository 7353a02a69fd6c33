"""The commands of the embedded world's clock."""

from __future__ import annotations

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_clock
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect
from timmy_actors.protocol import MAX_STEP_MS, WorldClock


@click.group()
def clock() -> None:
    """Stop the embedded world's time, let it pass in steps, and start it again.

    While the world is frozen nothing moves; commands and perceptions go on. Each answer says how much game time and
    real time has passed, in total and since the last call.
    """


@clock.command()
@root.as_json
@root.endpoint
def status(as_json: bool, endpoint: str | None) -> None:
    """Show the clock."""
    with connect(endpoint) as daemon:
        _show(daemon.clock(), as_json=as_json)


@clock.command()
@click.option("--by", default="command line", show_default=True, help="Who freezes the world; 'status' shows it.")
@root.as_json
@root.endpoint
def freeze(by: str, as_json: bool, endpoint: str | None) -> None:
    """Stop game time."""
    with connect(endpoint) as daemon:
        _show(daemon.freeze(by=by), as_json=as_json)


@clock.command()
@click.argument("ms", type=click.IntRange(1, MAX_STEP_MS))
@root.as_json
@root.endpoint
def step(ms: int, as_json: bool, endpoint: str | None) -> None:
    """Let MS milliseconds of game time pass in the frozen world."""
    with connect(endpoint) as daemon:
        _show(daemon.step(ms), as_json=as_json)


@clock.command()
@root.as_json
@root.endpoint
def thaw(as_json: bool, endpoint: str | None) -> None:
    """Let game time follow real time again."""
    with connect(endpoint) as daemon:
        _show(daemon.thaw(), as_json=as_json)


def _show(answer: WorldClock, *, as_json: bool) -> None:
    if as_json:
        click.echo(escaped_json(answer.model_dump_json(indent=2)))
    else:
        click.echo("\n".join(map(escaped, describe_clock(answer))))
