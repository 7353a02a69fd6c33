"""The command for the flight recorder."""

from __future__ import annotations

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect


@click.group(name="flight-record")
def flight_record() -> None:
    """Dump the messages of the last minutes on the link to the game."""


@flight_record.command()
@root.as_json
@root.endpoint
def dump(as_json: bool, endpoint: str | None) -> None:
    """Write them into a file on the daemon's machine; 'timmy-actors run --world replay:FILE' plays it."""
    with connect(endpoint) as daemon:
        dumped = daemon.dump_flight()
    if as_json:
        click.echo(escaped_json(dumped.model_dump_json()))
    else:
        click.echo(escaped(f"wrote {dumped.messages} messages of {dumped.seconds:.0f} s to {dumped.path}"))
