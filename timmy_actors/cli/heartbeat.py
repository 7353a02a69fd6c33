"""The commands of the heartbeat."""

from __future__ import annotations

import json
from typing import Any

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_heartbeat
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect
from timmy_actors.protocol import HeartbeatOperation, HeartbeatStatus


@click.group()
def heartbeat() -> None:
    """Control the heartbeat, which perceives, decides, acts and records.

    Each command shows the heartbeat's status.
    """


@heartbeat.command()
@root.as_json
@root.endpoint
def status(as_json: bool, endpoint: str | None) -> None:
    """Show the phase, the beats and what the policy does."""
    _control("status", endpoint, as_json=as_json)


@heartbeat.command()
@root.as_json
@root.endpoint
def start(as_json: bool, endpoint: str | None) -> None:
    """Begin an episode, or return to the policy after a pause or a take-over."""
    _control("start", endpoint, as_json=as_json)


@heartbeat.command()
@root.as_json
@root.endpoint
def stop(as_json: bool, endpoint: str | None) -> None:
    """End the episode, after the beat that is under way."""
    _control("stop", endpoint, as_json=as_json)


@heartbeat.command()
@root.as_json
@root.endpoint
def pause(as_json: bool, endpoint: str | None) -> None:
    """Pause after the action that is under way."""
    _control("pause", endpoint, as_json=as_json)


@heartbeat.command()
@root.as_json
@root.endpoint
def step(as_json: bool, endpoint: str | None) -> None:
    """Take one beat of the paused heartbeat."""
    _control("step", endpoint, as_json=as_json)


@heartbeat.command("take-over")
@root.as_json
@root.endpoint
def take_over(as_json: bool, endpoint: str | None) -> None:
    """Choose the actions yourself, with 'act'; what the policy would have done is recorded beside them."""
    _control("take_over", endpoint, as_json=as_json)


@heartbeat.command()
@click.argument("tool")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@root.as_json
@root.endpoint
def act(tool: str, arguments: tuple[str, ...], as_json: bool, endpoint: str | None) -> None:
    """Choose the next action after 'take-over': a TOOL that 'status' lists, with its arguments.

    Example: act walk seconds=2. Lists and objects are JSON.
    """
    with connect(endpoint) as daemon:
        _show(daemon.choose(tool, **dict(map(_argument, arguments))), as_json=as_json)


def _control(operation: HeartbeatOperation, endpoint: str | None, *, as_json: bool) -> None:
    with connect(endpoint) as daemon:
        _show(daemon.heartbeat(operation), as_json=as_json)


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{text!r} must be NAME=VALUE")
    if not value.startswith(("[", "{")):
        return name, value
    try:
        return name, json.loads(value)
    except ValueError as error:
        raise click.UsageError(f"{name} must be JSON: {error}") from error


def _show(answer: HeartbeatStatus, *, as_json: bool) -> None:
    if as_json:
        click.echo(escaped_json(answer.model_dump_json(indent=2)))
    else:
        click.echo("\n".join(map(escaped, describe_heartbeat(answer))))
