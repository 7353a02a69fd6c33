"""Builds the player client's part of the tree from the settings."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import PlayerLinkLostError
from timmy_actors.link import Resolver
from timmy_actors.player_client import (
    Character,
    Login,
    PlayerClientActor,
    PlayerClientOptions,
    read_commit,
    read_plugins,
    read_secret,
)
from timmy_actors.supervision import Backoff, ChildSpec
from timmy_actors.system import expand_user

BACKOFF = Backoff(base_s=1.0, cap_s=60.0, stable_after_s=60.0)
"""A server counts connections of an address: it is not asked as often as the own bridge."""


class PlayerClients:
    """The child specs of the players without a game: one, if `[player_client]` is enabled."""

    def __init__(self, settings: Settings, *, shared: SharedState) -> None:
        self._settings = settings.player_client
        self._name = settings.player_client.name or settings.player
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

    def _actor(self) -> PlayerClientActor:
        host, _, port = self._settings.server.rpartition(":")
        options = PlayerClientOptions(
            host=host,
            port=int(port),
            name=self._name,
            login=self._login,
            resolve=self._resolve,
            all_cells=self._settings.all_cells,
            combat=self._settings.combat,
        )
        return PlayerClientActor(
            options,
            epochs=self._epochs,
            status=self._shared.player_client,
            perception=self._shared.player_perception,
        )

    def _login(self) -> Login:
        settings = self._settings
        password = read_secret(expand_user(settings.password_file, "player_client.password_file"), "the password")
        login = Login(
            name=self._name,
            password=password,
            commit=settings.commit,
            register=settings.register_account,
            character=Character(
                race=settings.race,
                head=settings.head,
                hair=settings.hair,
                female=settings.female,
                birthsign=settings.birthsign,
                character_class=settings.character_class,
            ),
        )
        return self._with_files(login)

    def _with_files(self, login: Login) -> Login:
        settings = self._settings
        changes: dict[str, Any] = {}
        if settings.version_file:
            changes["commit"] = read_commit(expand_user(settings.version_file, "player_client.version_file"))
        if settings.server_password_file:
            file = expand_user(settings.server_password_file, "player_client.server_password_file")
            changes["server_password"] = read_secret(file, "the server's password")
        plugins: tuple[tuple[str, int], ...] = ()
        if settings.plugins_file:
            plugins = read_plugins(expand_user(settings.plugins_file, "player_client.plugins_file"))
        return replace(login, plugins=plugins, **changes)
