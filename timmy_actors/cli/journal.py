"""The commands for the command journal. They read its file, so they also work without a daemon."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from timmy_actors.cli import root
from timmy_actors.cli.formatting import describe_entry, describe_entry_whole
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.client import resolve_endpoint
from timmy_actors.daemon import config_path, journal_file, load_settings
from timmy_actors.errors import JournalUnusableError, RefusedError
from timmy_actors.journal import EX_DATAERR, Reader, backup_journal, verify_journal
from timmy_actors.protocol import JournalEntry

LOOK_EVERY_S = 0.25
MOST_LINES = 1_000_000
CSV_COLUMNS = (
    "client", "id", "name", "arguments", "state", "accepted_at", "sent_at", "settled_at", "boot", "epoch", "attempts",
    "value", "error", "revision",
)  # fmt: skip


def _which_file(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        root.endpoint,
        click.option(
            "--config", type=click.Path(dir_okay=False, path_type=Path), help="The daemon's configuration file."
        ),
        click.option(
            "--file", type=click.Path(dir_okay=False, path_type=Path), help="The journal's file. Default: the daemon's."
        ),
    ):
        command = option(command)
    return command


def _open(**place: Any) -> Reader:
    return Reader(_path(**place))


def _path(file: Path | None, config: Path | None, endpoint: str | None) -> Path:
    return file or journal_file(load_settings(config_path(config)), resolve_endpoint(endpoint))


@click.group()
def journal() -> None:
    """Show the outcome of every command, even when the daemon is not running."""


@journal.command()
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(0, MOST_LINES),
    default=20,
    show_default=True,
    help="How many of the newest commands to show.",
)
@click.option("-f", "--follow", is_flag=True, help="Then show each new command when it is accepted, until Ctrl-C.")
@root.as_json
@_which_file
def tail(lines: int, follow: bool, as_json: bool, **place: Any) -> None:
    """Show the newest commands, one per line."""
    with _open(**place) as reader:
        newest = reader.newest(max(lines, 1))
        last = newest[-1][0] if newest else 0
        for _, entry in newest if lines else ():
            _show_line(entry, as_json=as_json)
        try:
            while follow:
                time.sleep(LOOK_EVERY_S)
                for number, entry in reader.after(last):
                    last = number
                    _show_line(entry, as_json=as_json)
        except KeyboardInterrupt:
            return


@journal.command()
@click.argument("command_id", metavar="ID")
@root.as_json
@_which_file
def show(command_id: str, as_json: bool, **place: Any) -> None:
    """Show all details of one command."""
    with _open(**place) as reader:
        entries = reader.named(command_id)
    if not entries:
        message = f"no command with the id {command_id!r}: 'timmy-actors journal tail' shows the newest"
        raise RefusedError("no_such_target", message, "ID")
    for entry in entries:
        if as_json:
            click.echo(escaped_json(entry.model_dump_json(indent=2)))
        else:
            click.echo("\n".join(map(escaped, describe_entry_whole(entry))))


@journal.command()
@click.option("--format", "as_format", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@_which_file
def export(as_format: str, **place: Any) -> None:
    """Print every command to standard output, the oldest first."""
    with _open(**place) as reader:
        if as_format == "csv":
            _export_csv(reader)
            return
        for _, entry in reader.after(0):
            click.echo(entry.model_dump_json())


@journal.command()
@click.argument("copy", metavar="COPY", type=click.Path(dir_okay=False, path_type=Path))
@_which_file
def backup(copy: Path, **place: Any) -> None:
    """Copy the whole journal to the new file COPY, even while a daemon writes it.

    Copying only the journal's file would lose what is still in its write-ahead log.
    """
    path = _path(**place)
    count = backup_journal(path, copy)
    click.echo(f"copied {count} commands from {escaped(str(path))} to {escaped(str(copy))}")


@journal.command()
@_which_file
def verify(**place: Any) -> None:
    """Check the journal for damage; the exit code is 65 if there is any."""
    path = _path(**place)
    damaged = 0
    for complaint in verify_journal(path):
        damaged += 1
        click.echo(f"{escaped(str(path))}: {escaped(complaint)}")
    if damaged:
        remedy = "its entries for these commands may be wrong or missing: restore a backup, or check the game"
        raise JournalUnusableError(f"journal {path}: {damaged} damaged places: {remedy}", EX_DATAERR)
    click.echo(f"{escaped(str(path))}: no damage found")


def _export_csv(reader: Reader) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(CSV_COLUMNS)
    for _, entry in reader.after(0):
        writer.writerow(_csv_row(entry))
    sys.stdout.flush()


def _csv_row(entry: JournalEntry) -> list[Any]:
    fields = entry.model_dump(mode="json")
    return [json.dumps(field) if isinstance(field := fields[column], dict) else field for column in CSV_COLUMNS]


def _show_line(entry: JournalEntry, *, as_json: bool) -> None:
    click.echo(escaped_json(entry.model_dump_json()) if as_json else escaped(describe_entry(entry)))
