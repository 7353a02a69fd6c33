"""The commands for many daemons at once: status, snapshot, do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from timmy_actors.cli import root
from timmy_actors.cli.agent import echo_result, parse_arguments
from timmy_actors.cli.formatting import describe_snapshot
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.fleet import FleetRow, FleetStatus, connect_all

fleet_option = click.option(
    "--fleet",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file with a line 'NAME ENDPOINT [KEYS]' for each world. Default: $TIMMY_FLEET.",
)
timeout = click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 60),
    default=2.0,
    show_default=True,
    help="Seconds that each daemon may take to answer, before it counts as lost.",
)


@click.group()
def fleet() -> None:
    """See many daemons in one view, and route commands to them."""


@fleet.command()
@click.option("--check", is_flag=True, help="Exit with code 1 if any daemon is lost or down: for health checks.")
@fleet_option
@timeout
@root.as_json
def status(*, check: bool, file: Path | None, timeout_s: float, as_json: bool) -> None:
    """Show a row for each daemon: its verdict, its player, or why it is lost."""
    with connect_all(file, timeout_s=timeout_s) as daemons:
        seen = daemons.status()
    if as_json:
        rows = [_as_json(row) for row in seen.rows]
        click.echo(escaped_json(json.dumps({"verdict": seen.verdict, "lost": seen.lost, "rows": rows}, indent=2)))
    else:
        click.echo("\n".join(map(escaped, describe_fleet(seen))))
    if check and any(row.value is None or row.value.verdict == "down" for row in seen.rows):
        sys.exit(1)


@fleet.command()
@click.option("--player", help="The player's name. Default: each daemon's configured player.")
@fleet_option
@timeout
@root.as_json
def snapshot(player: str | None, file: Path | None, timeout_s: float, *, as_json: bool) -> None:
    """Show the latest snapshot in each world, or why there is none."""
    with connect_all(file, timeout_s=timeout_s) as daemons:
        rows = daemons.snapshot(player)
    if as_json:
        click.echo(escaped_json(json.dumps([_as_json(row) for row in rows], indent=2)))
        return
    for row in rows:
        text = describe_snapshot(row.value)[0] if row.value is not None else row.reason
        click.echo(escaped(f"{row.name}: {text}"))


@fleet.command()
@click.argument("world")
@click.argument("command")
@click.argument("arguments", nargs=-1, metavar="[KEY=VALUE]...")
@fleet_option
@root.as_json
def do(world: str, command: str, arguments: tuple[str, ...], file: Path | None, *, as_json: bool) -> None:
    """Execute a command in one world. Example: fleet do north teleport to=Balmora."""
    values = parse_arguments(command, arguments)
    with connect_all(file) as daemons, daemons.world(world) as daemon:
        result = daemon.command(command, **values)
    echo_result(command, result, as_json=as_json)


def describe_fleet(seen: FleetStatus) -> list[str]:
    """The lines that `fleet status` shows: the verdict of all, a row for each daemon, and the reasons."""
    count = len(seen.rows)
    width = max(len(row.name) for row in seen.rows)
    lines = [f"{seen.verdict}: {count - seen.lost} of {count} daemons answer"]
    for row in seen.rows:
        if row.value is None:
            lines.append(f"  {row.name:<{width}}  lost      {row.endpoint}")
            continue
        players = ", ".join(one.player + (" (stale)" if one.stale else "") for one in row.value.perceptions)
        lines.append(f"  {row.name:<{width}}  {row.value.verdict:<8}  {row.endpoint}  {players or 'no player'}")
    return [*lines, *(f"    {reason}" for reason in seen.reasons)]


def _as_json(row: FleetRow[Any]) -> dict[str, Any]:
    value = None if row.value is None else row.value.model_dump(mode="json", by_alias=True)
    return {"name": row.name, "endpoint": row.endpoint, "reason": row.reason, "value": value}
