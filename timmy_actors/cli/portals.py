"""The commands of GamePortal: portals (list, show, check, use), capture, execute."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.cli.portal_formatting import (
    describe_check,
    describe_entry,
    describe_portals,
    describe_result,
    describe_state,
)
from timmy_actors.client import connect
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import PORTAL_TIMEOUT_S, Portals, describe_actions

NOT_DONE = 1
"""The exit code of a failed action, and of a check that found a failure."""

action_timeout = click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 60),
    help=f"Seconds for the whole call. Default: {PORTAL_TIMEOUT_S:g}, plus the action's duration.",
)
timeout = click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.01, 60),
    default=PORTAL_TIMEOUT_S,
    show_default=True,
    help="Seconds; the first call starts the servers.",
)


@click.group(invoke_without_command=True)
@root.as_json
@root.endpoint
@click.pass_context
def portals(context: click.Context, as_json: bool, endpoint: str | None) -> None:
    """List the portals, that is, the games. The chosen one is marked."""
    context.obj = endpoint
    if context.invoked_subcommand is None:
        _list(endpoint, as_json=as_json)


@portals.command("list")
@root.as_json
@root.endpoint
@click.pass_obj
def list_portals(above: str | None, as_json: bool, endpoint: str | None) -> None:
    """List the portals; the chosen one is marked and has its state."""
    _list(endpoint or above, as_json=as_json)


@portals.command()
@click.argument("portal", required=False)
@root.as_json
@root.endpoint
@click.pass_obj
def show(above: str | None, portal: str | None, as_json: bool, endpoint: str | None) -> None:
    """Show a portal's entry (default: the chosen one's) and its names for actions."""
    with connect(endpoint or above) as daemon:
        answer = daemon.portals()
    entry = next((entry for entry in answer.portals if entry.id == (portal or answer.chosen)), None)
    if entry is None:
        known = ", ".join(entry.id for entry in answer.portals) or "none"
        raise RefusedError("bad_arguments", f"no portal {portal!r}; there are: {known}", "portal")
    if as_json:
        click.echo(escaped_json(entry.model_dump_json(indent=2, exclude_none=True)))
    else:
        status = answer.status if entry.id == answer.chosen else None
        click.echo("\n".join(map(escaped, describe_entry(entry, status))))


@portals.command()
@click.argument("portal", required=False)
@timeout
@root.as_json
@root.endpoint
@click.pass_obj
def check(above: str | None, portal: str | None, timeout_s: float, as_json: bool, endpoint: str | None) -> None:
    """Check servers, tools, the window and Steam. Starts the servers and takes a screenshot."""
    with connect(endpoint or above) as daemon:
        result = daemon.check_portal(portal, timeout_s=timeout_s)
    if as_json:
        click.echo(escaped_json(result.model_dump_json(indent=2)))
    else:
        click.echo("\n".join(describe_check(result)))
    sys.exit(0 if result.ok else NOT_DONE)


@portals.command()
@click.argument("portal")
@root.endpoint
@click.pass_obj
def use(above: str | None, portal: str, endpoint: str | None) -> None:
    """Choose another portal until the daemon ends; for good, set 'portal' in its configuration."""
    with connect(endpoint or above) as daemon:
        answer = daemon.use_portal(portal)
    click.echo(escaped(f"{answer.chosen} is in use"))


@click.command()
@click.option("--watch", is_flag=True, help="Repeat until Ctrl-C.")
@click.option("--every", "every_s", type=click.FloatRange(0.05, 3600), default=1.0, show_default=True, help="Seconds.")
@click.option("--region", help="X,Y,WIDTH,HEIGHT: capture only this part of the window.")
@click.option("--max-width", type=click.IntRange(1), help="Scale the picture down to this width.")
@click.option("--max-height", type=click.IntRange(1), help="Scale the picture down to this height.")
@click.option(
    "--wait-until", type=click.Choice(["stable", "change"]), help="Wait for a stable or changed picture, see --wait."
)
@click.option("--wait", "wait_s", type=click.FloatRange(0.1, 30), help="Seconds to wait for --wait-until.")
@timeout
@root.as_json
@root.endpoint
def capture(
    watch: bool, every_s: float, timeout_s: float, as_json: bool, endpoint: str | None, **look: str | float | None
) -> None:
    """Capture the game through the chosen portal: a screenshot, and Steam's data."""
    options = {name: value for name, value in look.items() if value is not None}
    with connect(endpoint) as daemon:
        try:
            _show_state(daemon.capture(timeout_s=timeout_s, **options), as_json=as_json, watch=watch)
            while watch:
                time.sleep(every_s)
                _show_state(daemon.capture(timeout_s=timeout_s, **options), as_json=as_json, watch=watch)
        except KeyboardInterrupt:
            return


def _actions_help() -> str:
    lines = ["\b", "Actions and their parameters ([optional]); 'portals show' lists the game's own names:"]
    return "\n".join([*lines, *(f"  {line}" for line in describe_actions())])


@click.command(epilog=_actions_help())
@click.argument("action", nargs=-1, required=True, metavar="ACTION [KEY=VALUE]...")
@action_timeout
@root.as_json
@root.endpoint
def execute(action: tuple[str, ...], timeout_s: float | None, as_json: bool, endpoint: str | None) -> None:
    """Execute an action in the game, once. Examples: execute press_key key=space, execute journal."""
    name = " ".join(word for word in action if "=" not in word)
    params: dict[str, Any] = dict(_key_value(word) for word in action if "=" in word)
    if not name:
        raise click.UsageError("name an action before its parameters: execute press_key key=space")
    with connect(endpoint) as daemon:
        result = daemon.execute(name, timeout_s=timeout_s, **params)
    if as_json:
        click.echo(escaped_json(result.model_dump_json(exclude_none=True)))
    else:
        click.echo(escaped(describe_result(result)))
    sys.exit(0 if result.success else NOT_DONE)


def _key_value(word: str) -> tuple[str, str]:
    key, _, value = word.partition("=")
    if not key or key == "timeout_s":
        raise click.UsageError(f"{word!r} must be KEY=VALUE; set the timeout with --timeout SECONDS")
    return key, value


def _list(endpoint: str | None, *, as_json: bool) -> None:
    with connect(endpoint) as daemon:
        answer: Portals = daemon.portals()
    if as_json:
        click.echo(escaped_json(answer.model_dump_json(indent=2)))
    else:
        click.echo("\n".join(map(escaped, describe_portals(answer))))


def _show_state(state: Any, *, as_json: bool, watch: bool) -> None:
    if as_json:
        click.echo(escaped_json(state.model_dump_json(exclude_none=True, indent=None if watch else 2)))
    else:
        click.echo("\n".join(map(escaped, describe_state(state))))
