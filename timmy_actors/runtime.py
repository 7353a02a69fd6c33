"""Settings to a supervision tree, and the typed calls on it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import zmq

from timmy_actors.actors.board import Board
from timmy_actors.actors.connection import ConnectionActor, LinkOptions
from timmy_actors.actors.health import HealthActor
from timmy_actors.actors.messages import Do
from timmy_actors.actors.perception import PerceptionActor
from timmy_actors.actors.watching import Watch, Watchers
from timmy_actors.actors.world_host import WorldHostActor, WorldOptions
from timmy_actors.config import Settings, config_path, load_settings
from timmy_actors.embedded import luajit
from timmy_actors.embedded.port import check_port_is_free
from timmy_actors.endpoint import EndpointLock, endpoint_path, resolve_endpoint
from timmy_actors.errors import ConfigError, DaemonNotReady, LinkLost, StartFailed, TimmyError, WorldGone
from timmy_actors.journal_desk import JournalDesk
from timmy_actors.link.resolver import Resolver
from timmy_actors.model.command import CommandResult
from timmy_actors.model.endpoint import DEFAULT_TIMEOUT_S
from timmy_actors.model.health import Health
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.paths import expand_user
from timmy_actors.portal_calls import PortalCalls
from timmy_actors.portal_tree import PortalTree
from timmy_actors.portals.catalogue import choose, load_catalogue
from timmy_actors.serving.gateway import ANSWER_MARGIN_S, GatewayActor, find_snapshot
from timmy_actors.supervision import Backoff, ChildSpec, Directory, Supervisor
from timmy_actors.supervision.actor import Lifecycle
from timmy_actors.tokens import make_token_file, read_token

START_WITHIN_S = 30.0
STOP_WITHIN_S = 15.0
CONTEXT_WITHIN_S = 1.0
"""How long stopping waits for the link's I/O thread; it takes a millisecond unless that is stuck."""
READY_WITHIN_S = 20.0
"""Long enough for the embedded world's cold start on a busy machine."""
LOOK_EVERY_S = 0.01
LOOPBACK_BACKOFF = Backoff(base_s=0.02, cap_s=0.1, stable_after_s=10.0)
"""A server on this machine costs nothing to try again, and 100 ms is the link's number to hold."""
REMOTE_BACKOFF = Backoff(base_s=0.02, cap_s=5.0, stable_after_s=10.0)
WORLD_BACKOFF = Backoff(base_s=0.1, cap_s=5.0, stable_after_s=10.0)


class Runtime(PortalCalls):
    """A daemon's actors, in this process.

    ```python
    with Runtime.from_config() as timmy:
        print(timmy.snapshot().position)
    ```
    """

    def __init__(self, settings: Settings, *, folder: Path, endpoint: str | None = None) -> None:
        self.settings = settings
        self.endpoint = resolve_endpoint(endpoint)
        self.board = Board()
        self.directory = Directory()
        self._catalogue = folder / settings.portals_file
        self._portals_tree = PortalTree(settings, folder=folder)
        self._lock = EndpointLock(self.endpoint)
        self._desk = JournalDesk(settings, self.endpoint)
        self._life = _RootLife(self.board.watchers)
        self._root: Supervisor | None = None
        self._link_end: threading.Thread | None = None

    @classmethod
    def from_config(
        cls, path: Path | str | None = None, *, endpoint: str | None = None, portal: str | None = None
    ) -> Self:
        """A runtime by the configuration at `path` (default: `TIMMY_CONFIG`, else what ships), checked but not started.

        Raises:
            ConfigError: something in it is wrong.
            LuaJitMissing: the embedded world is asked for and cannot run in this Python.
        """
        file = config_path(Path(path) if path is not None else None)
        settings = load_settings(file)
        if portal is not None:
            settings = settings.model_copy(update={"portal": portal})
        runtime = cls(settings, folder=file.parent, endpoint=endpoint)
        runtime.check()
        return runtime

    def check(self) -> None:
        """See that what the settings name is there.

        Raises:
            ConfigError: it is not.
            LuaJitMissing: the embedded world is asked for and cannot run in this Python.
        """
        choose(load_catalogue(self._catalogue), self.settings.portal, self._catalogue)
        if self.settings.world.embedded:
            luajit.find()
            check_port_is_free(self.settings.world.port)
        elif self.settings.link.mechanism == "plain":
            read_token(self._token_file())

    # Its life.

    def start(self, stop: threading.Event | None = None) -> Self:
        """Start the tree; returns when every actor is up. That the game is reachable is a state, not a start.

        Returns early once `stop` is set: `stop()` then stops what was started. A runtime lives once.

        Raises:
            EndpointInUse: another daemon serves the endpoint.
            ConfigError: the endpoint's folder cannot be used.
            JournalUnusable: the journal cannot be used, or another daemon's is in the same file.
            StartFailed: an actor did not start, or this runtime was started before.
        """
        if self._root is not None:
            raise StartFailed("this runtime was started before, and lives once: make another")
        self._lock.acquire()
        try:
            self._desk.open()
            if self.settings.world.embedded:
                make_token_file(self._token_file())
        except TimmyError:
            self._release()
            raise
        # Two: libzmq looks names up in a context's one I/O thread, and a slow name service must not stop the gateway.
        self._link_context: zmq.Context[Any] = zmq.Context()
        self._local_context: zmq.Context[Any] = zmq.Context()
        self._root = Supervisor(self._children(), self.directory)
        self._root.name = "root"
        self._root.lifecycle = self._life
        self._root.launch()
        self._await_start(stop or threading.Event())
        return self

    def _await_start(self, stop: threading.Event) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while not self._life.began.wait(LOOK_EVERY_S) and not stop.is_set() and time.monotonic() < deadline:
            pass
        if not stop.is_set() and (not self._life.began.is_set() or self._life.ended.is_set()):
            self.stop()
            raise StartFailed(str(self._life.reason or f"the daemon did not start within {START_WITHIN_S:g} s"))

    def wait_ready(self, timeout_s: float = READY_WITHIN_S) -> Self:
        """Wait until the link is up and the configured player perceived.

        Raises:
            DaemonNotReady: it is not so within `timeout_s`; the message says what is missing.
        """
        deadline = time.monotonic() + timeout_s
        while not self._is_ready():
            if time.monotonic() >= deadline or self._life.ended.wait(LOOK_EVERY_S):
                raise DaemonNotReady(f"not ready within {timeout_s:g} s: {'; '.join(self.status().reasons)}")
        return self

    def _is_ready(self) -> bool:
        snapshot = self.board.snapshot(self.settings.player)
        return self.board.link.value.carries and snapshot is not None and not snapshot.stale

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the tree has ended (by `stop`, or because it gave up); False when it has not in time."""
        return self._life.ended.wait(timeout_s)

    @property
    def failure(self) -> BaseException | None:
        """Why the tree gave up, if it did."""
        return self._life.reason

    def exit_report(self) -> list[str]:
        """Why the tree gave up: the reason, and what led there, newest last."""
        events = self.directory.events.recent
        end = events[-1].at if events else 0.0
        told = [f"{event.at - end:8.3f} s  {event.name} {event.kind}: {event.detail}" for event in events]
        return [f"the daemon gave up: {self._life.reason}", *told]

    def stop(self) -> None:
        """Stop every actor, the last started first, and let the endpoint go."""
        if self._root is not None:
            self._root.stop()
            self._life.ended.wait(STOP_WITHIN_S)
        # Sockets belong to their actors' threads, which are through; a hung one keeps its context to itself.
        if self._root is not None and self._life.ended.is_set():
            self._local_context.destroy(linger=0)
            self._destroy_link_context()
        self.board.watchers.end()
        self._release()

    def _release(self) -> None:
        self._desk.close()
        self._lock.release()

    def _destroy_link_context(self) -> None:
        # It ends when its I/O thread does, which may be looking a name up: the process need not wait for that.
        if self._link_end is None:
            end = threading.Thread(target=self._link_context.destroy, args=(0,), name="link context", daemon=True)
            self._link_end = end
            end.start()
        self._link_end.join(CONTEXT_WITHIN_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    # The typed calls; `timmy_actors.connect()` has the same from another process.

    def status(self) -> Health:
        """How the daemon does.

        Raises:
            StartFailed: it has not started.
        """
        health = self.board.health.value
        if health is None:
            raise StartFailed("the daemon has not started")
        return health

    def snapshot(self, player: str | None = None) -> PerceptionOutput:
        """What is known of a player (None: the configured one). Never waits, whatever the actors are busy with.

        Raises:
            Refused: `no_such_player`, or `unavailable` when nothing was perceived yet.
        """
        return find_snapshot(self.board, player or self.settings.player)

    def command(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game, and wait until it is done. `player` defaults to the configured one.

        Raises:
            Refused: it was not done; `code`, `message` and `field` say why.
        """
        do = Do(name, {"player": self.settings.player, **arguments}, timeout_s, command_id)
        return self._give(do)

    def submit(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> str:
        """Have something done in the game, and wait only until it is on its way for good; the command's id.

        With the journal, that is durable: a daemon that dies carries on with it when it comes back. What became of it
        is learnt by giving the same command again under that `command_id`.

        Raises:
            Refused: it was not taken; `code`, `message` and `field` say why.
        """
        arguments = {"player": self.settings.player, **arguments}
        return self._give(Do(name, arguments, timeout_s, command_id, until="accepted")).id

    def _give(self, do: Do) -> CommandResult:
        result: CommandResult = self.directory.ask(
            "command", do, timeout_s=do.timeout_s + ANSWER_MARGIN_S, wait_s=do.timeout_s
        ).wait()
        return result

    def watch(self, player: str | None = None) -> Watch:
        """What happens from now on: events, and each new snapshot (of `player`, or of everybody).

        An iterator that waits for the next; one that is not read misses the oldest, and holds nobody up.

        Raises:
            Refused: `bad_arguments`: no player can have that name.
            DaemonUnreachable: while it is read: the daemon has ended.
        """
        return self.board.watchers.add(player)

    # The tree.

    def _children(self) -> list[ChildSpec]:
        world = [self._world_spec()] if self.settings.world.embedded else []
        return [
            *self._desk.children(self.directory, self.board),
            *world,
            self._link_spec(),
            self._portals_tree.spec(self.directory, self.board),
            ChildSpec("health", self._health),
            ChildSpec("gateway", self._gateway),
        ]

    def _world_spec(self) -> ChildSpec:
        settings = self.settings.world
        options = WorldOptions(
            port=settings.port, token_file=self._token_file(), seed=settings.seed, allow_raw=settings.allow_raw
        )
        return ChildSpec(
            "world",
            lambda: WorldHostActor(options, board=self.board),
            expected=(WorldGone,),
            backoff=WORLD_BACKOFF,
        )

    def _link_spec(self) -> ChildSpec:
        children = [
            ChildSpec("connection", self._connections(), expected=(LinkLost,), backoff=self._link_backoff()),
            ChildSpec("perception", self._perception),
            ChildSpec("command", lambda: self._desk.command_actor(self.directory, self.board)),
        ]
        return ChildSpec("link", lambda: Supervisor(children, self.directory), shutdown_s=STOP_WITHIN_S)

    def _connections(self) -> Callable[[], ConnectionActor]:
        epochs = itertools.count(1)
        plain = self.settings.world.embedded or self.settings.link.mechanism == "plain"
        options = LinkOptions(
            address=self._address,
            token=self._token if plain else lambda: None,
            client=self.settings.link.client,
            heartbeat_interval_s=self.settings.link.heartbeat_interval_s,
            resolve=Resolver(),
        )
        return lambda: ConnectionActor(
            options, epoch=next(epochs), context=self._link_context, directory=self.directory, board=self.board
        )

    def _perception(self) -> PerceptionActor:
        settings = self.settings.perception
        return PerceptionActor(
            player=self.settings.player,
            rate_hz=settings.rate_hz,
            radius=settings.radius,
            directory=self.directory,
            board=self.board,
            listeners=("gateway",),
        )

    def _health(self) -> HealthActor:
        return HealthActor(endpoint=self.endpoint, directory=self.directory, board=self.board)

    def _gateway(self) -> GatewayActor:
        return GatewayActor(
            endpoint=self.endpoint,
            player=self.settings.player,
            context=self._local_context,
            directory=self.directory,
            board=self.board,
        )

    # What it stands on.

    def _address(self) -> str:
        if not self.settings.world.embedded:
            return self.settings.link.address
        world = self.board.world.value
        if world is None or world.port is None:
            raise LinkLost("the embedded world is not up")
        return f"tcp://127.0.0.1:{world.port}"

    def _token(self) -> str:
        try:
            return read_token(self._token_file())
        except ConfigError as error:
            raise LinkLost(str(error)) from error

    def _link_backoff(self) -> Backoff:
        local = self.settings.world.embedded or "//127." in self.settings.link.address
        return LOOPBACK_BACKOFF if local or "//localhost" in self.settings.link.address else REMOTE_BACKOFF

    def _token_file(self) -> Path:
        if not self.settings.world.embedded:
            return expand_user(self.settings.link.token_file, "link.token_file")
        path = endpoint_path(self.endpoint)
        return path.with_name(path.name + ".world-token")


class _RootLife(Lifecycle):
    def __init__(self, watchers: Watchers) -> None:
        self._watchers = watchers
        self.began = threading.Event()
        self.ended = threading.Event()
        self.reason: BaseException | None = None

    def started(self) -> None:
        self.began.set()

    def down(self, reason: BaseException | None) -> None:
        self.reason = reason
        self.ended.set()
        self.began.set()
        self._watchers.end()
