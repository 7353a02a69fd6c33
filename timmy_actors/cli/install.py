"""Putting the bridge into a game server: install-lua."""

from __future__ import annotations

from pathlib import Path

import click

from timmy_actors.cli.install_plan import TOKEN, Step, carry_out, configured_port, plan_install, plan_uninstall, summary


@click.command("install-lua")
@click.argument("server_home", type=click.Path(file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--verbose", is_flag=True, help="List every file.")
@click.option("--uninstall", is_flag=True, help="Take the bridge out again. Token and settings stay.")
def install_lua(server_home: Path, dry_run: bool, verbose: bool, uninstall: bool) -> None:
    """Put the bridge into the TES3MP server at SERVER_HOME.

    SERVER_HOME is the folder with CoreScripts (scripts, data, lib): the one that `home` under [Plugins] in
    tes3mp-server-default.cfg names. Run it as the user whom the server runs as. A second run does what is left to do.
    """
    home = server_home.absolute()
    steps = plan_uninstall(home) if uninstall else plan_install(home)
    if not steps:
        click.echo(f"nothing to do: the bridge is {'not ' if uninstall else ''}in {home}")
    elif dry_run:
        _show(steps, "would ", verbose=verbose)
    else:
        _show(list(carry_out(steps)), "", verbose=verbose)
    if not uninstall and not dry_run:
        click.echo(_what_next(home))


def _show(steps: list[Step], would: str, *, verbose: bool) -> None:
    for line in [step.describe() for step in steps] if verbose else summary(steps):
        click.echo(f"{would}{line}")


def _what_next(home: Path) -> str:
    return (
        "\nNow start the server again."
        f" Its log says 'timmy: listening on ...:{configured_port(home)} (...)', or why not.\n"
        "The daemon needs the same token, as its own user:\n"
        f"  mkdir -p ~/.config/timmy-actors && install -m 600 {home / TOKEN} ~/.config/timmy-actors/token"
    )
