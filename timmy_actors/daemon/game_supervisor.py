"""Builds the game's part of the tree from the settings: the embedded world, the link with its actors, the journal."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors.client import endpoint_path
from timmy_actors.daemon.journal_holder import JournalHolder
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.embedded import WorldHostActor, WorldOptions
from timmy_actors.errors import ConfigError, LinkLostError, WorldGoneError
from timmy_actors.link import ConnectionActor, LinkOptions, Resolver, Tap
from timmy_actors.perception import PerceptionActor
from timmy_actors.supervision import Backoff, ChildSpec, Directory, Supervisor
from timmy_actors.system import expand_user, read_token

if TYPE_CHECKING:
    import zmq

STOP_WITHIN_S = 15.0
LOOPBACK_BACKOFF = Backoff(base_s=0.02, cap_s=0.1, stable_after_s=10.0)
"""A retry on this machine costs nothing, and the link should be back within 100 ms."""
REMOTE_BACKOFF = Backoff(base_s=0.02, cap_s=5.0, stable_after_s=10.0)
WORLD_BACKOFF = Backoff(base_s=0.1, cap_s=5.0, stable_after_s=10.0)


class GameSupervisor:
    """Builds the child specs of the actors between the agent and the game."""

    def __init__(
        self,
        settings: Settings,
        *,
        endpoint: str,
        journal: JournalHolder,
        directory: Directory,
        shared: SharedState,
        tap: Tap | None = None,
    ) -> None:
        self.settings = settings
        """A reload replaces them; each actor uses those in effect when it starts."""
        self._endpoint = endpoint
        self._journal = journal
        self._directory = directory
        self._shared = shared
        self._tap = tap
        self._epochs = itertools.count(1)
        self._resolve = Resolver()

    def specs(self, context: zmq.Context[Any]) -> list[ChildSpec]:
        """The child specs in the order of starting: what others depend on comes first."""
        journal = self._journal.children(self._directory, self._shared)
        world = [self._world()] if self.settings.world.embedded else []
        return [*journal, *world, self._link(context)]

    def token_file(self) -> Path:
        """The path of the file with the token for the game's bridge.

        Raises:
            ConfigError: the path starts at the home of an unknown user.
        """
        if not self.settings.world.embedded:
            return expand_user(self.settings.link.token_file, "link.token_file")
        path = endpoint_path(self._endpoint)
        return path.with_name(path.name + ".world-token")

    def _world(self) -> ChildSpec:
        settings = self.settings.world
        options = WorldOptions(
            port=settings.port,
            token_file=self.token_file(),
            seed=settings.seed,
            allow_raw=settings.allow_raw,
            plugin=expand_user(settings.plugin, "world.plugin") if settings.plugin else None,
        )
        return ChildSpec(
            "world",
            lambda: WorldHostActor(options, status=self._shared.world),
            expected=(WorldGoneError,),
            backoff=WORLD_BACKOFF,
        )

    def _link(self, context: zmq.Context[Any]) -> ChildSpec:
        return ChildSpec(
            "link", lambda: Supervisor(self._link_children(context), self._directory), shutdown_s=STOP_WITHIN_S
        )

    def _link_children(self, context: zmq.Context[Any]) -> list[ChildSpec]:
        return [
            ChildSpec(
                "connection", lambda: self._connection(context), expected=(LinkLostError,), backoff=self._link_backoff()
            ),
            ChildSpec("perception", self._perception),
            ChildSpec("command", lambda: self._journal.command_actor(self._directory, self._shared)),
        ]

    def _connection(self, context: zmq.Context[Any]) -> ConnectionActor:
        plain = self.settings.world.embedded or self.settings.link.mechanism == "plain"
        options = LinkOptions(
            address=self._address,
            token=self._token if plain else lambda: None,
            client=self.settings.link.client,
            heartbeat_interval_s=self.settings.link.heartbeat_interval_s,
            resolve=self._resolve,
            tap=self._tap,
        )
        return ConnectionActor(
            options, epoch=next(self._epochs), context=context, directory=self._directory, status=self._shared.link
        )

    def _perception(self) -> PerceptionActor:
        settings = self.settings.perception
        return PerceptionActor(
            player=self.settings.player,
            rate_hz=settings.rate_hz,
            radius=settings.radius,
            directory=self._directory,
            shared=self._shared.perceptions,
            library=self._shared.library,
        )

    def _address(self) -> str:
        if not self.settings.world.embedded:
            return self.settings.link.address
        world = self._shared.world.value
        if world is None or world.port is None:
            raise LinkLostError("the embedded world is not up")
        return f"tcp://127.0.0.1:{world.port}"

    def _token(self) -> str:
        try:
            return read_token(self.token_file())
        except ConfigError as error:
            raise LinkLostError(str(error)) from error

    def _link_backoff(self) -> Backoff:
        local = self.settings.world.embedded or "//127." in self.settings.link.address
        return LOOPBACK_BACKOFF if local or "//localhost" in self.settings.link.address else REMOTE_BACKOFF
