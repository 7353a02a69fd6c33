"""Checks of the parts that a configuration may enable: the heartbeat, the game's data files, the player client."""

from __future__ import annotations

import os
from collections.abc import Iterator

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok
from timmy_actors.daemon import HeartbeatPart, account_name, game_data_options, journal_file, read_login


def heartbeat(subject: Subject) -> Iterator[Check]:
    """Whether it has its world, its tools and its policies."""
    settings = subject.settings
    if settings.heartbeat.enabled:
        HeartbeatPart(settings, folder=subject.folder, journal=journal_file(settings, subject.endpoint)).check()
        yield ok("heartbeat", f"policy {settings.heartbeat.policy}")


def game_data(subject: Subject) -> Iterator[Check]:
    """Whether the files can be read; what is in them is only seen when they are indexed."""
    options = game_data_options(subject.settings)
    for file in options.files if options is not None else ():
        if os.access(file, os.R_OK) and file.is_file():
            yield ok("game_data", f"{file} can be read")
        else:
            yield fail(
                "game_data", f"{file}: is no file that can be read", "correct game_data.files, or its permissions"
            )


def player_client(subject: Subject) -> Iterator[Check]:
    """Whether the account's files are there, and private."""
    settings = subject.settings
    if settings.player_client.enabled:
        read_login(settings)
        yield ok("player_client", f"{account_name(settings)} on {settings.player_client.server}")
