"""The commands that start a process: run, world."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from timmy_actors import telemetry
from timmy_actors.cli import root
from timmy_actors.cli.async_writer import AsyncWriter
from timmy_actors.cli.foreground import Foreground, Signals
from timmy_actors.cli.log_formats import choose_format, stamp
from timmy_actors.cli.log_output import LogOutput
from timmy_actors.cli.status_printer import StatusPrinter
from timmy_actors.daemon import Runtime
from timmy_actors.errors import TimmyError
from timmy_actors.system import ServiceManager


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
@root.endpoint
def run(config: Path | None, portal: str | None, endpoint: str | None, *, http: bool, log_format: str) -> None:
    """Run the daemon in the foreground, until Ctrl-C, SIGTERM or SIGHUP."""
    manager = ServiceManager.take()
    runtime = Runtime.from_config(config, endpoint=endpoint, portal=portal, http=http)
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


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def world(arguments: tuple[str, ...]) -> None:
    """Run the embedded world alone, without a daemon. 'world --help' lists its options."""
    command = [sys.executable, "-m", "timmy_actors.embedded", *arguments]
    # Replace this process: the world gets its signals and terminal, and sets its exit code.
    os.execv(sys.executable, command)  # noqa: S606  our own module
