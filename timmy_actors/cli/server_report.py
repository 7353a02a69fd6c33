"""The command `server-report`: what the bridge costs the game server, as its last pong says."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect
from timmy_actors.protocol import SubscriberLoad, TickLoad

NO_REPORT = "the game server has not reported its load yet: is the link up (timmy-actors status)?"


@click.command()
@root.as_json
@root.endpoint
def server_report(as_json: bool, endpoint: str | None) -> None:
    """Show what the bridge costs the game server.

    That is its share of the server's loop, the costliest sections, and each subscriber's pushes.
    """
    with connect(endpoint) as daemon:
        load = daemon.status().link.load
    if load is None:
        click.echo(NO_REPORT, err=True)
        sys.exit(1)
    if as_json:
        click.echo(escaped_json(load.model_dump_json(indent=2)))
    else:
        click.echo("\n".join(map(escaped, report_lines(load))))


def report_lines(load: TickLoad) -> Iterator[str]:
    """The report in lines: everything since the last pong."""
    yield f"loop         a tick takes {load.tick_ms:.2f} ms (worst {load.tick_max_ms:.1f})"
    yield f"bridge       {load.poll_ms:.3f} ms of a tick (worst {load.poll_max_ms:.1f}), {load.share:.1%} of the loop"
    yield f"budget       {load.deferred} of {load.polls} polls used up their {load.budget_ms:g} ms"
    whole = sum(cost.ms for cost in load.sections.values()) or 1.0
    for name, cost in sorted(load.sections.items(), key=lambda item: -item[1].ms):
        yield f"section      {name:18} {cost.ms:8.2f} ms {cost.ms / whole:6.1%} {cost.reads:6} reads"
    yield from map(_of_subscriber, load.subscribers)


def _of_subscriber(one: SubscriberLoad) -> str:
    seconds = one.interval_s or 1.0
    traffic = f"{one.pushes / seconds:.1f} pushes/s, {one.bytes / seconds / 1000:.1f} kB/s"
    return f"subscriber   {one.client:18} {traffic}, late {one.late_ms:.1f} ms (worst {one.late_max_ms:.1f})"
