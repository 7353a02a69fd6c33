"""The commands to observe and act: snapshot, do, watch."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_event, describe_link, describe_snapshot
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import COMMANDS, DEFAULT_TIMEOUT_S, RECONNECT_S, CommandResult, ErrorInfo, Pushed


@click.command()
@click.option("--player", help="The player's name. Default: the daemon's configured player.")
@root.as_json
@root.endpoint
def snapshot(player: str | None, as_json: bool, endpoint: str | None) -> None:
    """Show the latest snapshot of a player."""
    with connect(endpoint) as daemon:
        latest = daemon.snapshot(player)
    if as_json:
        click.echo(escaped_json(latest.model_dump_json(by_alias=True, indent=2)))
    else:
        click.echo("\n".join(map(escaped, describe_snapshot(latest))))


def _commands_help() -> str:
    lines = ["\b", "Commands and their arguments ([optional]; player defaults to the daemon's configured one):"]
    for name, model in sorted(COMMANDS.items()):
        words = [name]
        for key, field in model.model_fields.items():
            word = f"{field.alias or key}="
            words.append(word if field.is_required() and key != "player" else f"[{word}]")
        lines.append("  " + " ".join(words))
    return "\n".join(lines)


@click.command(epilog=_commands_help())
@click.argument("command")
@click.argument("arguments", nargs=-1, metavar="[KEY=VALUE]...")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 60),
    default=DEFAULT_TIMEOUT_S,
    show_default=True,
    help="Seconds after which the command is no longer started.",
)
@click.option(
    "--id", "command_id", help="The idempotency key: repeated with the same key, a command is executed only once."
)
@click.option(
    "--no-wait", is_flag=True, help="Print the command's id once it is accepted; 'journal show ID' shows the outcome."
)
@root.as_json
@root.endpoint
def do(
    command: str,
    arguments: tuple[str, ...],
    *,
    timeout_s: float,
    command_id: str | None,
    no_wait: bool,
    as_json: bool,
    endpoint: str | None,
) -> None:
    """Execute a command in the game. Example: do teleport player=Timmy to=Balmora.

    Lists and objects are JSON: do ask player=Timmy text=Well? 'buttons=["Yes", "No"]'. With --json a refusal is
    printed to standard output as {"error": {"code": ..., "message": ..., "field": ...}}; the exit code is still 1.
    """
    values = parse_arguments(command, arguments)
    try:
        with connect(endpoint) as daemon:
            if no_wait:
                accepted = daemon.submit(command, timeout_s=timeout_s, command_id=command_id, **values)
                click.echo(json.dumps({"id": accepted}) if as_json else accepted)
                return
            result = daemon.command(command, timeout_s=timeout_s, command_id=command_id, **values)
    except RefusedError as refused:
        if not as_json:
            raise
        error = ErrorInfo.model_validate({"code": refused.code, "message": refused.message, "field": refused.field})
        click.echo(escaped_json(json.dumps({"error": error.model_dump(exclude_none=True)})))
        sys.exit(refused.exit_code)
    except KeyboardInterrupt:
        click.echo("interrupted: the command may still be executed: 'timmy-actors journal tail' shows it", err=True)
        raise
    echo_result(command, result, as_json=as_json)


def parse_arguments(command: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    """The arguments of a command, given as KEY=VALUE."""
    return dict(_key_value(command, argument) for argument in arguments)


def echo_result(command: str, result: CommandResult, *, as_json: bool) -> None:
    """Print the result of a command."""
    if as_json:
        click.echo(escaped_json(json.dumps(result.value)))
    else:
        values_text = ", ".join(f"{key} {value}" for key, value in (result.value or {}).items())
        click.echo(escaped(f"{command}: done" + (f" ({values_text})" if values_text else "")))


@click.command()
@click.option("--player", help="Show only this player.")
@click.option(
    "--event", "events", multiple=True, help="Show only events of this name, and no snapshots. Can be repeated."
)
@click.option("--snapshots", is_flag=True, help="With --event: show snapshots too.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.01), help="End after this many seconds without news.")
@click.option(
    "--reconnect",
    "reconnect_s",
    type=click.FloatRange(0),
    default=RECONNECT_S,
    show_default=True,
    help="Seconds to try to reconnect to a daemon that ended.",
)
@root.as_json
@root.endpoint
def watch(
    player: str | None,
    *,
    events: tuple[str, ...],
    snapshots: bool,
    timeout_s: float | None,
    reconnect_s: float,
    as_json: bool,
    endpoint: str | None,
) -> None:
    """Show events, snapshots and changes of the link, one per line, until Ctrl-C."""
    last_lines: dict[str, str] = {}
    with (
        contextlib.suppress(KeyboardInterrupt),
        connect(endpoint) as daemon,
        daemon.watch(
            player,
            events=events or None,
            snapshots=snapshots or not events,
            timeout_s=timeout_s,
            reconnect_s=reconnect_s,
        ) as pushes,
    ):
        for pushed in pushes:
            _show(pushed, last_lines, as_json=as_json)


def _show(pushed: Pushed, last_lines: dict[str, str], *, as_json: bool) -> None:
    """Print one line; for a snapshot only if it differs from the last line of its player."""
    if as_json:
        click.echo(escaped_json(pushed.model_dump_json(by_alias=True, exclude_none=True)))
        return
    if pushed.left_out:
        click.echo(f"({pushed.left_out} pushes were dropped: the reader was too slow)")
    if pushed.link is not None:
        click.echo(escaped(f"link {describe_link(pushed.link)}"))
    elif pushed.event is not None:
        click.echo(escaped(describe_event(pushed.event)))
    elif pushed.snapshot is not None:
        line = describe_snapshot(pushed.snapshot)[0]
        if last_lines.get(pushed.snapshot.player) != line:
            last_lines[pushed.snapshot.player] = line
            click.echo(escaped(line))


def _key_value(command: str, argument: str) -> tuple[str, Any]:
    key, equals, value = argument.partition("=")
    if not equals or not key:
        raise click.UsageError(f"{argument!r} must be KEY=VALUE")
    if key == "timeout_s":
        raise click.UsageError("set the timeout with --timeout SECONDS")
    if key == "command_id":
        raise click.UsageError("set the command's id with --id ID")
    if not _is_structured(command, key):
        return key, value
    try:
        return key, json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"{key} must be JSON: {error}") from error


def _is_structured(command: str, key: str) -> bool:
    """Whether the argument is a list or an object."""
    if command not in COMMANDS:
        return False
    schema = COMMANDS[command].model_json_schema(by_alias=True)["properties"].get(key, {})
    kinds = [schema, *schema.get("anyOf", ())]
    return any("$ref" in kind or kind.get("type") in ("array", "object") for kind in kinds)
