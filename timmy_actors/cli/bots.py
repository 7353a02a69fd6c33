"""The command that loads a TES3MP server with players without a game."""

from __future__ import annotations

import json
import socket
import sys
from dataclasses import asdict, replace
from pathlib import Path

import click

from timmy_actors.cli import root
from timmy_actors.cli.foreground import Signals
from timmy_actors.cli.output import escaped
from timmy_actors.daemon import LinkSettings, config_path, load_settings, read_login
from timmy_actors.errors import ConfigError
from timmy_actors.link import greet
from timmy_actors.player_client import Behaviour, Crowd, is_loopback
from timmy_actors.protocol import Welcome
from timmy_actors.system import MAX_PORT, expand_user, read_token

ANSWER_WITHIN_S = 3.0
CLIENT = "timmy-bots"
LONGEST_S = 86_400
LONGEST_NAME = 35
"""The server's scripts cut longer names, and two players cannot have one name."""


@click.command()
@click.argument("count", metavar="N", type=click.IntRange(1, 200))
@click.option("--server", metavar="HOST:PORT", help="The server's address and UDP port. Default: player_client.server.")
@click.option(
    "--behaviour",
    type=click.Choice(["wander", "follow", "chat"]),
    default="wander",
    show_default=True,
    help="What they do: run about, run after another player, or stand and say a line every 10 s.",
)
@click.option(
    "--seconds", type=click.FloatRange(1, LONGEST_S), default=60.0, show_default=True, help="How long they play."
)
@click.option("--name", default="Bot", show_default=True, help="The accounts' name, before their number.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The configuration file (timmy.toml).")
@root.as_json
def bots(
    count: int,
    *,
    server: str | None,
    behaviour: Behaviour,
    seconds: float,
    name: str,
    config: Path | None,
    as_json: bool,
) -> None:
    """Load a TES3MP server of one's own with N players, and report how it went.

    The accounts NAME 1 to NAME N are created on their first login, with the password, version and data files of
    [player_client]. A server on another machine must be confirmed by its operator: the bridge at link.address says
    so (bots_at in its timmy_config.lua), to those who have its token. Ctrl-C ends the play early.
    """
    if len(f"{name} {count}".encode()) > LONGEST_NAME:
        raise click.BadParameter(f"must leave room for the number in {LONGEST_NAME} bytes", param_hint="--name")
    settings = load_settings(config_path(config))
    server = server or settings.player_client.server
    address = _address(server)
    confirmed = not is_loopback(address[0]) and confirm(server, address[0], settings.link)
    login = read_login(settings)
    crowd = Crowd(
        address,
        [replace(login, name=f"{name} {number + 1}") for number in range(count)],
        behaviour,
        confirmed=confirmed,
    )
    report = crowd.run(seconds, Signals(reloads=False).stop)
    if as_json:
        click.echo(json.dumps(asdict(report), indent=2))
    else:
        click.echo(escaped(f"server      {server}"))
        for line in report.lines():
            click.echo(escaped(line))
    sys.exit(0 if report.succeeded else 1)


def _address(server: str) -> tuple[str, int]:
    host, _, port = server.rpartition(":")
    if not (host and port.isdecimal() and 1 <= int(port) <= MAX_PORT):
        raise ConfigError(f"--server {server}: must be HOST:PORT, the port from 1 to {MAX_PORT}")
    return _addresses(host, f"--server {server}: must be HOST:PORT; the name")[0], int(port)


def _addresses(host: str, what: str) -> list[str]:
    try:
        return [str(info[4][0]) for info in socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)]
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{what} cannot be resolved: {error}") from error


def confirm(server: str, address: str, link: LinkSettings) -> bool:
    """Whether the operator of the server at an address wants bots there: the bridge on that server says so.

    A bridge on loopback may be at the end of a tunnel, and is believed.

    Raises:
        ConfigError: it does not, cannot be asked, or is on another machine than the server.
    """
    host, _, port = link.address.removeprefix("tcp://").rpartition(":")
    bridges = _addresses(host, f"link.address {link.address}: the name")
    bridge = next((each for each in bridges if is_loopback(each) or each == address), None)
    if bridge is None:
        raise ConfigError(
            f"{server} is at {address}, and the bridge at link.address on another machine ({', '.join(bridges)}): only"
            " the bridge on the server itself, or at the end of a tunnel to it, can confirm that bots may load it"
        )
    secret = read_token(expand_user(link.token_file, "link.token_file")) if link.mechanism == "plain" else None
    answer = greet(f"tcp://{bridge}:{port}", secret, client=CLIENT, within_s=ANSWER_WITHIN_S)
    if isinstance(answer, Welcome) and answer.server.bots_at == server:
        return True
    said = answer.server.bots_at if isinstance(answer, Welcome) else answer
    raise ConfigError(
        f"{server} is on another machine, and its operator has not confirmed that bots may load it: the bridge at"
        f" {link.address} answers {said or 'nothing'}. Ask the operator for a token of the bridge, and for the setting"
        f' bots_at = "{server}" in its timmy_config.lua'
    )
