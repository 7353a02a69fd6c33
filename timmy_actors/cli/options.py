"""Options that several commands share."""

from __future__ import annotations

import click

endpoint = click.option(
    "--endpoint",
    metavar="ipc://PATH",
    help="The daemon's local endpoint. Default: $TIMMY_ENDPOINT, else one in $XDG_RUNTIME_DIR or the temporary folder.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
