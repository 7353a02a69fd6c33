"""The command that serves the daemon to LLM clients: mcp."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from timmy_actors import telemetry
from timmy_actors.cli import root
from timmy_actors.client import endpoint_path, resolve_endpoint
from timmy_actors.daemon import config_path, journal_file, load_settings
from timmy_actors.errors import HostError
from timmy_actors.system import ENDPOINT_VARIABLE, default_folder, expand_user

if TYPE_CHECKING:
    from timmy_actors.mcp_server import Profile

PARTS = {"anyio", "jsonschema", "mcp", "mcp_types", "starlette", "uvicorn"}


@click.command("mcp")
@click.option(
    "--profile",
    type=click.Choice(["guided", "full", "operator"]),
    default="full",
    show_default=True,
    help="Which tools there are: guided, the five that a model plays with; full, also the game's window and all"
    " commands; operator, also the daemon's state.",
)
@click.option("--player", help="The player that it plays. Default: the daemon's configured one.")
@click.option(
    "--http", "address", metavar="HOST:PORT", help="Serve at http://HOST:PORT/mcp instead of stdin and stdout."
)
@click.option(
    "--token-file",
    help="With --http: the bearer tokens' file, created if missing. Default: mcp.token beside the daemon's socket.",
)
@click.option("--allowed-host", "hosts", multiple=True, metavar="NAME:PORT", help="With --http: another Host header.")
@click.option("--allowed-origin", "origins", multiple=True, metavar="URL", help="With --http: another web origin.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The daemon's configuration file.")
@root.endpoint
def mcp(
    *,
    profile: str,
    player: str | None,
    address: str | None,
    token_file: str | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    config: Path | None,
    endpoint: str | None,
) -> None:
    """Serve a running daemon to an LLM client, over MCP.

    The client starts it: its configuration names this command. The daemon may end and start again while this runs.
    """
    try:
        from timmy_actors.mcp_server import Address, HttpOptions, ServerOptions, serve  # noqa: PLC0415  an extra
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in PARTS:
            raise
        raise HostError(f"{missing.name} is missing: pip install 'timmy_actors[mcp]'") from missing
    if address is None and (token_file or hosts or origins):
        raise click.UsageError("--token-file, --allowed-host and --allowed-origin need --http")
    place = endpoint or os.environ.get(ENDPOINT_VARIABLE, "")
    is_remote = place.startswith("tcp://")
    place = place if is_remote else resolve_endpoint(endpoint)
    options = ServerOptions(place, cast("Profile", profile), player, None if is_remote else _journal(config, place))
    http = None
    if address is not None:
        folder = default_folder() if is_remote else endpoint_path(place).parent
        file = expand_user(token_file, "--token-file") if token_file else folder / "mcp.token"
        http = HttpOptions(Address.parse(address), file, hosts, origins)
    telemetry.install("timmy-actors-mcp")
    try:
        serve(options, http)
    finally:
        telemetry.stop()


def _journal(config: Path | None, endpoint: str) -> Path | None:
    """The journal of the daemon, which is on this machine; None: its configuration has none."""
    settings = load_settings(config_path(config))
    return journal_file(settings, endpoint) if settings.journal.enabled else None
