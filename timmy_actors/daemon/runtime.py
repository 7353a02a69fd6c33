"""Settings to a supervision tree, and the typed calls on it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import zmq

from timmy_actors.client import EndpointLock, resolve_endpoint
from timmy_actors.commands import SubmitCommand
from timmy_actors.daemon.game_supervisor import GameSupervisor
from timmy_actors.daemon.health import HealthActor
from timmy_actors.daemon.journal_holder import JournalHolder
from timmy_actors.daemon.portal_calls import PortalCalls
from timmy_actors.daemon.portal_supervisor import PortalSupervisor
from timmy_actors.daemon.settings import Settings, config_path, load_settings, portals_path
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.embedded import check_port_is_free, find_luajit
from timmy_actors.errors import AskTimeoutError, DaemonNotReadyError, StartFailedError
from timmy_actors.perception import AsyncWatch, Await, Watch, make_interest
from timmy_actors.portals import choose, load_catalog
from timmy_actors.protocol import DEFAULT_TIMEOUT_S, CommandResult, Health, PerceptionOutput, Revision
from timmy_actors.serving import ANSWER_MARGIN_S, GatewayActor
from timmy_actors.supervision import ChildSpec, Directory, Root, Supervisor
from timmy_actors.system import make_token_file, read_token

START_WITHIN_S = 30.0
STOP_WITHIN_S = 15.0
READY_WITHIN_S = 20.0
"""Long enough for the embedded world's cold start on a busy machine."""
LOOK_EVERY_S = 0.01


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
        self.shared = SharedState()
        self.directory = Directory()
        self._catalog = portals_path(settings, folder)
        self._desk = JournalHolder(settings, self.endpoint)
        self._game_tree = GameSupervisor(
            settings,
            endpoint=self.endpoint,
            desk=self._desk,
            directory=self.directory,
            shared=self.shared,
        )
        self._portals_tree = PortalSupervisor(settings, folder=folder)
        self._lock = EndpointLock(self.endpoint)
        self._root: Root | None = None
        self._turn = threading.RLock()

    @classmethod
    def from_config(
        cls, path: Path | str | None = None, *, endpoint: str | None = None, portal: str | None = None
    ) -> Self:
        """A runtime by the configuration at `path` (default: `TIMMY_CONFIG`, else what ships), checked but not started.

        Raises:
            ConfigError: something in it is wrong.
            LuaJitMissingError: the embedded world is asked for and cannot run in this Python.
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
            LuaJitMissingError: the embedded world is asked for and cannot run in this Python.
        """
        choose(load_catalog(self._catalog), self.settings.portal, self._catalog)
        if self.settings.world.embedded:
            find_luajit()
            check_port_is_free(self.settings.world.port)
        elif self.settings.link.mechanism == "plain":
            read_token(self._game_tree.token_file())

    # Its life.

    def start(self, stop: threading.Event | None = None) -> Self:
        """Start the tree; returns when every actor is up. That the game is reachable is a state, not a start.

        Returns early once `stop` is set: `stop()` then stops what was started. A runtime lives once.

        Raises:
            EndpointInUseError: another daemon serves the endpoint.
            ConfigError: the endpoint's folder cannot be used.
            JournalUnusableError: the journal cannot be used, or another daemon's is in the same file.
            StartFailedError: an actor did not start, or this runtime was started before.
        """
        if self._root is not None:
            raise StartFailedError("this runtime was started before, and lives once: make another")
        self._lock.acquire()
        try:
            self._desk.open()
            if self.settings.world.embedded:
                make_token_file(self._game_tree.token_file())
        except BaseException:
            self._release()
            raise
        self._context: zmq.Context[Any] = zmq.Context()
        self._root = Root(Supervisor(self._children(), self.directory), on_end=self.shared.perceptions.watchers.end)
        self._root.launch()
        try:
            self._await_start(self._root, stop or threading.Event())
        except BaseException:  # Ctrl-C in a notebook, say: nobody would stop what was started
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
        """Wait until the link is up and the configured player perceived.

        Raises:
            DaemonNotReadyError: it is not so within `timeout_s`; the message says what is missing.
        """
        deadline = time.monotonic() + timeout_s
        while not self._is_ready():
            if time.monotonic() >= deadline or self.wait(LOOK_EVERY_S):
                raise DaemonNotReadyError(f"not ready within {timeout_s:g} s: {'; '.join(self.status().reasons)}")
        return self

    def _is_ready(self) -> bool:
        snapshot = self.shared.perceptions.snapshot(self.settings.player)
        return self.shared.link.value.carries and snapshot is not None and not snapshot.stale

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the tree has ended (by `stop`, or because it gave up); False when it has not in time.

        Raises:
            StartFailedError: it was never started.
        """
        if self._root is None:
            raise StartFailedError("the daemon has not started")
        return self._root.wait(timeout_s)

    @property
    def failure(self) -> BaseException | None:
        """Why the tree gave up, if it did."""
        return None if self._root is None else self._root.exit_reason

    def exit_report(self) -> list[str]:
        """Why the tree gave up: the reason, and what led there, newest last."""
        events = self.directory.events.recent
        end = events[-1].at if events else 0.0
        told = [f"{event.at - end:8.3f} s  {event.name} {event.kind}: {event.detail}" for event in events]
        return [f"the daemon gave up: {self.failure}", *told]

    def stop(self) -> None:
        """Stop every actor, the last started first, and let the endpoint go."""
        if self._root is not None:
            with contextlib.suppress(AskTimeoutError):
                self._root.stop(STOP_WITHIN_S)
        # Sockets belong to their actors' threads, which are through; a hung one keeps the context to itself.
        if self._root is not None and self._root.has_ended:
            with self._turn:  # of two threads that end a context at once, one ends the process
                self._context.destroy(linger=0)
        self.shared.perceptions.watchers.end()
        self._release()

    def _release(self) -> None:
        with self._turn:
            self._desk.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    # The typed calls; `timmy_actors.connect()` has the same from another process.

    def status(self) -> Health:
        """How the daemon does.

        Raises:
            StartFailedError: it has not started.
        """
        health = self.shared.current_health()
        if health is None:
            raise StartFailedError("the daemon has not started")
        if (
            self._root is not None and self._root.has_ended
        ):  # who published that is gone as well: it would stand for ever
            reasons = (f"the daemon has ended: {self.failure or 'it was stopped'}",)
            return health.model_copy(update={"verdict": "down", "reasons": reasons, "link": self.shared.link.value})
        return health

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> PerceptionOutput:
        """What is known of a player (None: the configured one). Never waits, whatever the actors are busy with.

        With `after`, the `revision` of a command's result, it waits until what that command did is perceived.

        Raises:
            RefusedError: `no_such_player`, or `unavailable` when nothing was perceived yet; `expired`: what was to be
                waited for was not perceived within `timeout_s`.
        """
        name = player or self.settings.player
        if after is None:
            return self.shared.perceptions.find(name)
        wanted = Await(name, after, timeout_s)
        found: PerceptionOutput = self.directory.ask(
            "perception", wanted, timeout_s=timeout_s + ANSWER_MARGIN_S, wait_s=timeout_s
        ).wait()
        return found

    def command(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game, and wait until it is done. `player` defaults to the configured one.

        Raises:
            RefusedError: it was not done; `code`, `message` and `field` say why.
        """
        do = SubmitCommand(name, {"player": self.settings.player, **arguments}, timeout_s, command_id)
        return self._give(do)

    def submit(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> str:
        """Have something done in the game, and wait only until it is on its way for good; the command's id.

        With the journal, that is durable: a daemon that dies carries on with it when it comes back. What became of it
        is learnt by giving the same command again under that `command_id`.

        Raises:
            RefusedError: it was not taken; `code`, `message` and `field` say why.
        """
        arguments = {"player": self.settings.player, **arguments}
        return self._give(SubmitCommand(name, arguments, timeout_s, command_id, until="accepted")).id

    def _give(self, do: SubmitCommand) -> CommandResult:
        result: CommandResult = self.directory.ask(
            "command", do, timeout_s=do.timeout_s + ANSWER_MARGIN_S, wait_s=do.timeout_s
        ).wait()
        return result

    def watch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
    ) -> Watch:
        """What happens from now on: events, each new snapshot (of `player`, or of everybody), and the link's changes.

        An iterator that waits for the next, at most `timeout_s`; one that is not read misses the oldest, and holds
        nobody up: `seq` numbers what is told, and `left_out` counts what was missed. While the link is down, it begins
        with that and with the last snapshots, which are stale. `events` names those that are wanted: then only these
        are told, and snapshots only with `snapshots=True`.

        Raises:
            RefusedError: `bad_arguments`: no player can have that name, or no event is called so.
            WatchTimeoutError: while it is read: nothing came within `timeout_s`; it can be read on.
            DaemonUnreachableError: while it is read: the daemon has ended.
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
        """The same for coroutines: `async for pushed in timmy.awatch(): ...`."""
        return AsyncWatch(self.watch(player, events=events, snapshots=snapshots), timeout_s=timeout_s)

    # The tree.

    def _children(self) -> list[ChildSpec]:
        return [
            *self._game_tree.specs(self._context),
            self._portals_tree.spec(self.directory, self.shared),
            ChildSpec("health", self._health),
            ChildSpec("gateway", self._gateway),
        ]

    def _health(self) -> HealthActor:
        return HealthActor(endpoint=self.endpoint, directory=self.directory, shared=self.shared)

    def _gateway(self) -> GatewayActor:
        return GatewayActor(
            endpoint=self.endpoint,
            player=self.settings.player,
            context=self._context,
            directory=self.directory,
            perceptions=self.shared.perceptions,
            health=self.shared.current_health,
        )
