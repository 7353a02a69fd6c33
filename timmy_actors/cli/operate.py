"""The commands that start a process: run, world."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click

from timmy_actors.cli import root
from timmy_actors.cli.async_writer import AsyncLogHandler, AsyncWriter, stamp
from timmy_actors.cli.output import harmless_lines
from timmy_actors.cli.status_printer import StatusPrinter
from timmy_actors.daemon import Runtime
from timmy_actors.errors import TimmyError

WATCH_EVERY_S = 0.05
"""How often the foreground checks for news to print."""


@click.command()
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration file (timmy.toml).")
@click.option("--portal", help="The portal to use, instead of the configuration's.")
@click.option("--http", is_flag=True, help="Serve HTTP too, as with http.enabled = true in the configuration.")
@root.endpoint
def run(config: Path | None, portal: str | None, endpoint: str | None, *, http: bool) -> None:
    """Run the daemon in the foreground, until Ctrl-C, SIGTERM or SIGHUP."""
    runtime = Runtime.from_config(config, endpoint=endpoint, portal=portal, http=http)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, *_hang_up()):
        signal.signal(number, lambda _number, _frame: stop.set())
    out, errors = AsyncWriter("standard output", sys.stdout), AsyncWriter("standard error", sys.stderr)
    level = runtime.settings.log_level
    log = AsyncLogHandler(errors, hold_tracebacks=level != "debug")
    logging.basicConfig(level=level.upper(), handlers=[log])
    try:
        runtime.start(stop)
        log.release_tracebacks()
        _run_until(runtime, stop, lambda line: out.post(f"{stamp()} {line}"))
    except TimmyError as error:
        errors.post(harmless_lines(f"timmy-actors: {error}"))
        sys.exit(error.exit_code)
    finally:
        out.close()
        errors.close()


def _hang_up() -> tuple[signal.Signals, ...]:
    """SIGHUP, unless it is ignored: under nohup the daemon survives its terminal."""
    return () if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else (signal.SIGHUP,)


def _run_until(runtime: Runtime, stop: threading.Event, write: Callable[[str], None]) -> None:
    printer = StatusPrinter(runtime, write)
    # Not `stop.wait`: a signal that interrupts it has its handler wait for the event's lock for ever.
    while not stop.is_set() and not runtime.wait(WATCH_EVERY_S):
        printer.look()
    if stop.is_set():
        write("stopping ...")
    runtime.stop()
    if runtime.failure is not None:
        raise TimmyError("\n  ".join(runtime.exit_report()))
    write("stopped")


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def world(arguments: tuple[str, ...]) -> None:
    """Run the embedded world alone, without a daemon. 'world --help' lists its options."""
    command = [sys.executable, "-m", "timmy_actors.embedded", *arguments]
    # Replace this process: the world gets its signals and terminal, and sets its exit code.
    os.execv(sys.executable, command)  # noqa: S606  our own module
