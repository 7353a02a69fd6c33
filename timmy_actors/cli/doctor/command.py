"""The command: runs every check, and prints one line for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from timmy_actors.cli import root
from timmy_actors.cli.doctor import game, host, parts, servers, serving, storage
from timmy_actors.cli.doctor.check import Check, Subject, fail, ok
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import connect, resolve_endpoint
from timmy_actors.daemon import Settings, check_portal, config_path, load_settings
from timmy_actors.errors import ConfigError, TimmyError
from timmy_actors.protocol import Health

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}
NAME_WIDTH = 16
CHECKS: tuple[Callable[[Subject], Iterator[Check]], ...] = (
    storage.folders,
    storage.disks,
    game.port,
    game.token,
    game.lua,
    serving.http,
    serving.remote,
    servers.servers,
    parts.heartbeat,
    parts.game_data,
    parts.player_client,
    host.display,
    host.clock,
)
"""The checks after the configuration and the daemon, in the order of the report."""


@click.command()
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration file (timmy.toml).")
@root.as_json
@root.endpoint
def doctor(config: Path | None, as_json: bool, endpoint: str | None) -> None:
    """Check what a daemon needs: one line per check with its remedy.

    The exit code is 1 if a check fails. It needs no running daemon; beside one it also uses what that daemon reports.
    """
    checks = list(examine(config_path(config), endpoint))
    if as_json:
        click.echo(escaped_json(json.dumps({"checks": [asdict(check) for check in checks]}, indent=2)))
    else:
        click.echo("\n".join(map(_line, checks)))
    if any(check.state == "fail" for check in checks):
        sys.exit(1)


def examine(file: Path, endpoint: str | None) -> Iterator[Check]:
    """Run every check; one that raises is reported as failed, and ends no other."""
    settings, configuration = _configuration(file)
    yield configuration
    try:
        endpoint = resolve_endpoint(endpoint)
    except ConfigError as error:
        yield fail("daemon", str(error))
        return
    health, daemon = _daemon(endpoint)
    yield daemon
    subject = Subject(file, settings, endpoint, health)
    for check in CHECKS:
        try:
            yield from check(subject)
        except (TimmyError, OSError) as error:
            yield fail(check.__name__, str(error))
        except Exception as error:  # noqa: BLE001  a check that has a fault must not hide the others
            yield fail(check.__name__, f"{type(error).__name__}: {error}")


def _configuration(file: Path) -> tuple[Settings, Check]:
    try:
        settings = load_settings(file)
    except ConfigError as error:
        return Settings(), fail("configuration", str(error))
    try:
        portals = check_portal(settings, file.parent)
    except ConfigError as error:
        return settings, fail("configuration", str(error))
    return settings, ok("configuration", f"{file}: portal {settings.portal} of {len(portals)}")


def _daemon(endpoint: str) -> tuple[Health | None, Check]:
    try:
        with connect(endpoint) as daemon:
            health = daemon.status()
    except ConfigError as error:
        return None, fail("daemon", str(error))
    except TimmyError as error:
        return None, ok("daemon", f"none runs: {error}")
    reasons = "; ".join(health.reasons)
    if health.verdict == "ok":
        return health, ok("daemon", f"process {health.pid}, version {health.version}: ok")
    return health, Check("daemon", "warn", f"process {health.pid}: {health.verdict}: {reasons}")


def _line(check: Check) -> str:
    state = click.style(f"{check.state:<4}", fg=COLOURS[check.state])
    text = f"{check.detail}: {check.remedy}" if check.remedy else check.detail
    return f"{state}  {check.name:<{NAME_WIDTH}} {escaped(text)}"
