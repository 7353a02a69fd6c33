"""Builds the player client's part of the tree from the settings."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors import player_client as room  # its names are loaded on first use: only where it is enabled
from timmy_actors.daemon.player_client_settings import PlayerClientSettings
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import PlayerLinkLostError
from timmy_actors.link import Resolver
from timmy_actors.supervision import Backoff, ChildSpec
from timmy_actors.system import expand_user

if TYPE_CHECKING:
    from timmy_actors.player_client import Login, PlayerClientActor, SeenWays

BACKOFF = Backoff(base_s=1.0, cap_s=60.0, stable_after_s=60.0)
"""A server counts connections of an address: it is not asked as often as the own bridge."""


class PlayerClients:
    """The child specs of the players without a game: one, if `[player_client]` is enabled."""

    def __init__(self, settings: Settings, *, shared: SharedState) -> None:
        self._settings = settings.player_client
        self._name = account_name(settings)
        self._login = partial(read_login, settings)
        self._shared = shared
        self._epochs = itertools.count(1)
        self._resolve = Resolver()

    def check(self) -> None:
        """Check the files of the account.

        Raises:
            ConfigError: one cannot be read, or others can read a password; the message has the remedy.
        """
        if self._settings.enabled:
            self._login()

    def specs(self) -> list[ChildSpec]:
        """The child specs."""
        if not self._settings.enabled:
            return []
        return [ChildSpec("player_client", self._actor, expected=(PlayerLinkLostError,), backoff=BACKOFF)]

    def secret_files(self) -> list[Path]:
        """The files with passwords."""
        if not self._settings.enabled:
            return []
        named = (self._settings.password_file, self._settings.server_password_file)
        return [expand_user(name, "player_client.password_file") for name in named if name]

    @cached_property
    def _ways(self) -> SeenWays:
        """Where players were seen to walk: it outlives a connection, and so the actor."""
        return room.SeenWays()

    def _actor(self) -> PlayerClientActor:
        host, _, port = self._settings.server.rpartition(":")
        options = room.PlayerClientOptions(
            host=host,
            port=int(port),
            name=self._name,
            login=self._login,
            resolve=self._resolve,
            all_cells=self._settings.all_cells,
            combat=self._settings.combat,
        )
        return room.PlayerClientActor(
            options,
            epochs=self._epochs,
            status=self._shared.player_client,
            perception=self._shared.player_perception,
            ways=self._ways,
        )


def account_name(settings: Settings) -> str:
    """The name of the account: the daemon's player, unless `[player_client]` names another."""
    return settings.player_client.name or settings.player


def read_login(settings: Settings) -> Login:
    """The account that `[player_client]` names, with its files.

    Raises:
        ConfigError: a file cannot be read, or others can read a password; the message has the remedy.
    """
    account = settings.player_client
    password = room.read_secret(expand_user(account.password_file, "player_client.password_file"), "the password")
    login = room.Login(
        name=account_name(settings),
        password=password,
        commit=account.commit,
        register=account.register_account,
        character=room.Character(
            race=account.race,
            head=account.head,
            hair=account.hair,
            female=account.female,
            birthsign=account.birthsign,
            character_class=account.character_class,
        ),
    )
    return _with_files(login, account)


def _with_files(login: Login, account: PlayerClientSettings) -> Login:
    changes: dict[str, Any] = {}
    if account.version_file:
        changes["commit"] = room.read_commit(expand_user(account.version_file, "player_client.version_file"))
    if account.server_password_file:
        file = expand_user(account.server_password_file, "player_client.server_password_file")
        changes["server_password"] = room.read_secret(file, "the server's password")
    plugins: tuple[tuple[str, int], ...] = ()
    if account.plugins_file:
        plugins = room.read_plugins(expand_user(account.plugins_file, "player_client.plugins_file"))
    return replace(login, plugins=plugins, **changes)
