"""The command that runs the daemon."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from timmy_actors import telemetry
from timmy_actors.cli import root
from timmy_actors.cli.async_writer import AsyncWriter
from timmy_actors.cli.foreground import Foreground, Signals
from timmy_actors.cli.log_formats import choose_format, stamp
from timmy_actors.cli.log_output import LogOutput
from timmy_actors.cli.status_printer import StatusPrinter
from timmy_actors.daemon import ReplayedGame, Runtime
from timmy_actors.errors import TimmyError
from timmy_actors.recording import ReplayServer, read_flight
from timmy_actors.system import ServiceManager


def _replayed(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Path | None:
    if value is None:
        return None
    kind, _, path = value.partition(":")
    if kind != "replay" or not path:
        raise click.BadParameter(f"{value!r} must be replay:FILE")
    return Path(path)


@click.command()
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration file (timmy.toml).")
@click.option("--portal", help="The portal to use, instead of the configuration's.")
@click.option("--http", is_flag=True, help="Serve HTTP too, as with http.enabled = true in the configuration.")
@click.option(
    "--log-format",
    type=click.Choice(["auto", "text", "json", "journald"]),
    default="auto",
    show_default=True,
    help="The log on standard error. auto: text on a terminal, fields in systemd's journal, elsewhere JSON lines.",
)
@click.option(
    "--world",
    "replayed",
    metavar="replay:FILE",
    callback=_replayed,
    help="Play a recording of 'flight-record dump' instead of a game.",
)
@root.endpoint
def run(
    config: Path | None,
    portal: str | None,
    endpoint: str | None,
    *,
    http: bool,
    log_format: str,
    replayed: Path | None,
) -> None:
    """Run the daemon in the foreground, until Ctrl-C, SIGTERM or SIGHUP.

    Under a service manager (systemd) SIGHUP reads the configuration again instead, and restarts what it changes.
    Without one it means that the terminal is gone, and stops the daemon; under nohup it is ignored.
    """
    if replayed is None:
        _run(config, endpoint, portal=portal, http=http, log_format=log_format, game=None)
        return
    with ReplayServer(read_flight(replayed)) as server, tempfile.TemporaryDirectory(prefix="timmy-replay-") as journal:
        game = ReplayedGame(server.address, Path(journal) / "journal")
        _run(config, endpoint, portal=portal, http=http, log_format=log_format, game=game)


def _run(
    config: Path | None,
    endpoint: str | None,
    *,
    portal: str | None,
    http: bool,
    log_format: str,
    game: ReplayedGame | None,
) -> None:
    manager = ServiceManager.take()
    runtime = Runtime.from_config(config, endpoint=endpoint, portal=portal, http=http, game=game)
    signals = Signals(reloads=manager is not None)
    log = LogOutput(choose_format(log_format, sys.stderr), level=runtime.settings.log_level)
    out = AsyncWriter("standard output", sys.stdout)
    telemetry.install("timmy-actors")

    def write(line: str) -> None:
        out.post(f"{stamp()} {line}")

    try:
        runtime.start(signals.stop)
        log.started()
        Foreground(runtime, signals, manager, write, StatusPrinter(runtime, write)).run()
    except TimmyError as error:
        log.fail(error)
        sys.exit(error.exit_code)
    finally:
        telemetry.stop()
        out.close()
        log.close()
