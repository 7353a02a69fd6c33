"""Runs a daemon: builds the supervision tree from the settings, and offers the typed calls on it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pykka
import zmq

from timmy_actors import player_client  # its names are loaded on first use: only where it is enabled
from timmy_actors.client import Call, Calls, EndpointLock, resolve_endpoint
from timmy_actors.daemon.crash_report import known_secrets
from timmy_actors.daemon.episodes import ReplayedGame, make_flight_recorder
from timmy_actors.daemon.game_data import game_data_options, game_data_specs
from timmy_actors.daemon.game_supervisor import GameSupervisor
from timmy_actors.daemon.health import HealthActor
from timmy_actors.daemon.heartbeat_part import HeartbeatPart
from timmy_actors.daemon.journal_holder import JournalHolder
from timmy_actors.daemon.player_clients import PlayerClients
from timmy_actors.daemon.portal_supervisor import PortalSupervisor, check_portal
from timmy_actors.daemon.reload_plan import ReloadPlan, make_plan
from timmy_actors.daemon.reloader import Reloader
from timmy_actors.daemon.serving_supervisor import ServingSupervisor
from timmy_actors.daemon.settings import Settings, config_path, load_settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.embedded import check_port_is_free, find_luajit
from timmy_actors.errors import AskTimeoutError, ConfigError, DaemonNotReadyError, RefusedError, StartFailedError
from timmy_actors.perception import AsyncWatch, Watch, make_interest
from timmy_actors.protocol import DEFAULT_TIMEOUT_S, Health, PerceptionOutput, Revision
from timmy_actors.serving import Service
from timmy_actors.supervision import ChildSpec, Directory, Liveness, RestartChild, Root, Supervisor, wait_until
from timmy_actors.system import make_token_file, read_token

T = TypeVar("T")

START_WITHIN_S = 30.0
STOP_WITHIN_S = 15.0
READY_WITHIN_S = 20.0
"""Long enough for the embedded world's cold start on a busy machine."""
LOOK_EVERY_S = 0.01
"""How often a start checks whether it was asked to stop: a signal handler sets the event, which wakes no thread."""
SHOWN_EVENTS = 50
"""The events in an exit report; a crash report has all recent ones."""
ROOT = "root"
"""The name of the topmost supervisor."""


def _as_configured(settings: Settings) -> Settings:
    return settings


class Runtime(Calls):
    """A daemon in this process.

    ```python
    with Runtime.from_config() as timmy:
        print(timmy.snapshot().position)
    ```
    """

    def __init__(self, settings: Settings, *, folder: Path, endpoint: str | None = None) -> None:
        self.settings = settings
        self.endpoint = resolve_endpoint(endpoint)
        self.shared = SharedState()
        self.directory = Directory()
        self.flight = make_flight_recorder(settings)
        """The messages of the last minutes on the link to the game; None: the settings disable it."""
        self.service = Service(
            player=settings.player,
            directory=self.directory,
            perceptions=self.shared.perceptions,
            health=self._current_health,
            restart=self._restart,
            embedded=settings.world.embedded,
            dump_flight=lambda: self.flight.dump("request", list(known_secrets(self))) if self.flight else None,
            game_data=bool(settings.game_data.files),
        )
        self._folder = folder
        self._read: Callable[[], Settings] | None = None
        """Reads the settings again, for a reload; None for settings that were not read from a file."""
        self._journal = JournalHolder(settings, self.endpoint)
        self._game_supervisor = GameSupervisor(
            settings,
            endpoint=self.endpoint,
            journal=self._journal,
            directory=self.directory,
            shared=self.shared,
            tap=self.flight.note if self.flight is not None else None,
        )
        self._player_clients = PlayerClients(settings, shared=self.shared)
        self._portal_supervisor = PortalSupervisor(settings, folder=folder)
        self._heartbeat = HeartbeatPart(settings, folder=folder, journal=self._journal.path)
        self._serving_supervisor = ServingSupervisor(
            settings,
            folder=folder,
            endpoint=self.endpoint,
            journal=self._journal.path,
            service=self.service,
        )
        self._lock = EndpointLock(self.endpoint)
        self._root: Root | None = None
        self._turn = threading.RLock()

    @classmethod
    def from_config(
        cls,
        path: Path | str | None = None,
        *,
        endpoint: str | None = None,
        portal: str | None = None,
        http: bool = False,
        game: ReplayedGame | None = None,
    ) -> Self:
        """Build a runtime from the file `path` (default: `TIMMY_CONFIG`, else the shipped one); checked, not started.

        `portal`, `http` and `game` override the configuration: the portal in use, whether the HTTP server is enabled,
        and a replayed recording as the game.

        Raises:
            ConfigError: the configuration is invalid.
            LuaJitMissingError: the embedded world is enabled and cannot run in this Python.
        """
        file = config_path(Path(path) if path is not None else None)

        def read() -> Settings:
            settings = load_settings(file)
            changes: dict[str, Any] = {} if portal is None else {"portal": portal}
            if http:
                changes["http"] = settings.http.model_copy(update={"enabled": True})
            return (game or _as_configured)(settings.model_copy(update=changes))

        runtime = cls(read(), folder=file.parent, endpoint=endpoint)
        runtime._read = read
        runtime.check()
        return runtime

    def check(self) -> None:
        """Check that what the settings name exists and can be used.

        Raises:
            ConfigError: a portal, port or file cannot be used.
            LuaJitMissingError: the embedded world is enabled and cannot run in this Python.
        """
        self._serving_supervisor.check()
        self._player_clients.check()
        check_portal(self.settings, self._folder)
        self._heartbeat.check()
        game_data_options(self.settings)
        if self.settings.world.embedded:
            find_luajit()
            check_port_is_free(self.settings.world.port)
        elif self.settings.link.mechanism == "plain":
            read_token(self._game_supervisor.token_file())

    # Lifecycle.

    def start(self, stop: threading.Event | None = None) -> Self:
        """Start the tree; returns when every actor is up, whether or not the game can be reached.

        Returns early once `stop` is set: `stop()` then stops what was started. A runtime can be started only once.

        Raises:
            EndpointInUseError: another daemon serves the endpoint.
            ConfigError: the endpoint's folder cannot be used.
            JournalUnusableError: the journal cannot be used, or another daemon writes the same file.
            StartFailedError: an actor did not start, or this runtime was started before.
        """
        if self._root is not None:
            raise StartFailedError("this runtime was started before: create a new one")
        self._lock.acquire()
        try:
            self._journal.open()
            if self.settings.world.embedded:
                make_token_file(self._game_supervisor.token_file())
            self._serving_supervisor.make_token()
        except BaseException:
            self._release()
            raise
        self._context: zmq.Context[Any] = zmq.Context()
        self._root = Root(Supervisor(self._children(), self.directory), on_end=self._on_end)
        self._root.launch()
        try:
            self._await_start(self._root, stop or threading.Event())
        except BaseException:  # Ctrl-C in a notebook, say: stop what was started
            self.stop()
            raise
        return self

    def _await_start(self, root: Root, stop: threading.Event) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while not stop.is_set() and not root.wait_started(LOOK_EVERY_S):
            if time.monotonic() >= deadline:
                raise StartFailedError(f"the daemon did not start within {START_WITHIN_S:g} s")
        if not stop.is_set() and root.has_ended:
            raise StartFailedError("the daemon was stopped while it started")

    def wait_ready(self, timeout_s: float = READY_WITHIN_S) -> Self:
        """Wait until the link is up and the configured player is perceived.

        Raises:
            DaemonNotReadyError: not ready within `timeout_s`; the message says what is missing.
        """
        perceptions, ended = self.shared.perceptions, self.shared.ended
        wait_until(
            lambda: self._is_ready() or ended.value, perceptions.link, perceptions.snapshots, ended, timeout_s=timeout_s
        )
        if not self._is_ready():
            raise DaemonNotReadyError(f"not ready within {timeout_s:g} s: {'; '.join(self.status().reasons)}")
        return self

    def _is_ready(self) -> bool:
        snapshot = self.shared.perceptions.snapshot(self.settings.player)
        return self.shared.link.value.carries and snapshot is not None and not snapshot.stale

    def _on_end(self) -> None:
        self.shared.ended.value = True
        self.shared.perceptions.watchers.end()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the tree has ended (by `stop`, or because it gave up). Returns False at the timeout.

        Raises:
            StartFailedError: the runtime was never started.
        """
        if self._root is None:
            raise StartFailedError("the daemon has not started")
        return self._root.wait(timeout_s)

    @property
    def failure(self) -> BaseException | None:
        """Why the tree gave up, if it did."""
        return None if self._root is None else self._root.exit_reason

    def exit_report(self) -> list[str]:
        """Why the tree gave up: the reason, and the events that led to it, newest last."""
        events = self.directory.events.recent[-SHOWN_EVENTS:]
        end = events[-1].at if events else 0.0
        history = [f"{event.at - end:8.3f} s  {event.name} {event.kind}: {event.detail}" for event in events]
        return [f"the daemon gave up: {self.failure}", *history]

    def reload(self) -> ReloadPlan:
        """Read the configuration's file again, and restart what it changes; for one thread at a time.

        Returns:
            What was applied, and what only a restart of the daemon applies.

        Raises:
            ConfigError: the configuration is invalid, or was not read from a file: nothing has changed.
            StartFailedError: the daemon does not run, or a part did not start with the new settings.
        """
        if self._read is None:
            raise ConfigError("these settings were not read from a file, so they cannot be read again")
        if self._root is None or self._root.has_ended:
            raise StartFailedError("the daemon does not run")
        plan = make_plan(self.settings, self._read())
        Reloader(self._root, self.directory, self._game_supervisor, self._portal_supervisor).apply(plan, self._folder)
        self.settings = plan.settings
        return plan

    def player_client(self) -> player_client.PlayerHandle:
        """The player without a game, for `ClientBody`.

        Raises:
            ConfigError: `[player_client]` is not enabled.
        """
        if not self.settings.player_client.enabled:
            raise ConfigError("there is no player client: set player_client.enabled = true in the configuration")
        return player_client.PlayerHandle(self.directory, self.shared.player_perception)

    def liveness(self) -> Liveness:
        """A check that every actor still handles messages.

        Raises:
            StartFailedError: the daemon has not started.
        """
        if self._root is None:
            raise StartFailedError("the daemon has not started")
        return Liveness(self._root, self.directory)

    def token_files(self) -> list[Path]:
        """The files with secrets that the daemon reads, for redacting what it writes about itself."""
        serving = self._serving_supervisor.token_files()
        return [
            self._game_supervisor.token_file(),
            *self._portal_supervisor.secret_files,
            *self._heartbeat.secret_files,
            *self._player_clients.secret_files(),
            *serving,
        ]

    def stop(self) -> None:
        """Stop every actor, the last started first, and release the endpoint."""
        if self._root is not None:
            with contextlib.suppress(AskTimeoutError):
                self._root.stop(STOP_WITHIN_S)
        # Sockets belong to their actors' threads, which have ended; if one hangs, the context is left open.
        if self._root is not None and self._root.has_ended:
            with self._turn:  # libzmq aborts the process when two threads end one context at once
                self._context.destroy(linger=0)
        self.shared.perceptions.watchers.end()
        self._release()

    def _release(self) -> None:
        with self._turn:
            self._journal.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    # The calls: see `Calls`.

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> PerceptionOutput:
        """As `Calls.snapshot`. Without `after` it never waits, however busy the actors are."""
        if after is None:  # read without a request, in less than a microsecond
            return self.shared.perceptions.find(player or self.settings.player)
        return super().snapshot(player, after=after, timeout_s=timeout_s)

    def _ask(self, call: Call[T]) -> T:
        return call.result(self.service.answer(call.request))

    def _current_health(self) -> Health | None:
        health = self.shared.current_health()
        if health is None or not self.shared.ended.value:
            return health
        # The last published health is out of date.
        reasons = (f"the daemon has ended: {self.failure or 'it was stopped'}",)
        return health.model_copy(update={"verdict": "down", "reasons": reasons, "link": self.shared.link.value})

    def watch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
    ) -> Watch:
        """Iterate over new events, new snapshots (of `player`, or of all players), and changes of the link's state.

        `next` waits at most `timeout_s` for a push. A slow reader delays only itself: the oldest pushes are dropped;
        `seq` numbers the pushes, and `left_out` counts the dropped ones. While the link is down, a watch starts with
        that state and with the last snapshots, marked stale. `events` filters by name: only these events are delivered,
        and snapshots only with `snapshots=True`.

        Raises:
            RefusedError: `bad_arguments`: the player's name is invalid, or an event is unknown.
            WatchTimeoutError: from `next`: no push came within `timeout_s`; the watch can still be read.
            DaemonUnreachableError: from `next`: the daemon has ended.
        """
        return self.shared.perceptions.watch(Watch(make_interest(player, events, snapshots), timeout_s=timeout_s))

    def awatch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
    ) -> AsyncWatch:
        """`watch` for coroutines: `async for pushed in timmy.awatch(): ...`."""
        return AsyncWatch(self.watch(player, events=events, snapshots=snapshots), timeout_s=timeout_s)

    # The tree.

    def _restart(self, name: str) -> None:
        entry = self.directory.entry(name)
        if entry is None or entry.parent is None or self._root is None:
            raise RefusedError("bad_arguments", f"no actor {name!r}: 'timmy-actors tree' lists them", "actor")
        parent = self._root.ref if entry.parent == ROOT else self.directory.ref(entry.parent)
        try:
            parent.tell(RestartChild(name))
        except pykka.ActorDeadError:
            raise RefusedError("unavailable", f"{entry.parent} is ending: try again", "actor") from None

    def _children(self) -> list[ChildSpec]:
        return [
            *game_data_specs(self.settings, self.shared),
            *self._game_supervisor.specs(self._context),
            self._portal_supervisor.spec(self.directory, self.shared),
            *self._player_clients.specs(),
            *self._heartbeat.specs(self.directory, self.shared),
            ChildSpec("health", self._health),
            self._serving_supervisor.spec(self._context, self.directory, self.shared),
        ]

    def _health(self) -> HealthActor:
        return HealthActor(endpoint=self.endpoint, directory=self.directory, shared=self.shared)
