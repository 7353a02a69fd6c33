"""One view of many daemons: their health and snapshots merged, their calls by the names of their worlds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from timmy_actors.client import Daemon, connect, snapshot_of, status_of
from timmy_actors.errors import HostError, RefusedError, TimmyError
from timmy_actors.fleet.endpoints import Endpoint, check_name, read_endpoints
from timmy_actors.fleet.lookups import Lookups
from timmy_actors.fleet.open_files import files_limit, room_for_daemons
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from timmy_actors.protocol import Health, PerceptionOutput

T = TypeVar("T")

TIMEOUT_S = 2.0
"""How long a daemon may take to answer before its row says that it is lost."""
CONNECTING_THREADS = 32


@dataclass(frozen=True)
class FleetRow(Generic[T]):
    """What one daemon answered, or why there is no answer."""

    name: str
    """The name of its world."""
    endpoint: str
    value: T | None
    reason: str = ""
    """Why there is no `value`."""


@dataclass(frozen=True)
class FleetStatus:
    """The health of all daemons, a row for each, in the order of their names' endpoints."""

    rows: tuple[FleetRow[Health], ...]

    @property
    def lost(self) -> int:
        """How many daemons did not answer."""
        return sum(row.value is None for row in self.rows)

    @property
    def verdict(self) -> str:
        """`ok`: every daemon is. `down`: none works. Otherwise `degraded`."""
        verdicts = {row.value.verdict if row.value is not None else "down" for row in self.rows}
        return verdicts.pop() if len(verdicts) == 1 else "degraded"

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not `ok`, and which daemons have another version than this program."""
        return tuple(_reasons(self.rows))


def connect_all(
    endpoints: Mapping[str, Endpoint | str] | Path | str | None = None, *, timeout_s: float = TIMEOUT_S
) -> Fleet:
    """One view of the daemons at these endpoints, by the names of their worlds.

    A path is that of a file with endpoints (None: the file `TIMMY_FLEET`); see `read_endpoints`. No daemon needs to
    run: those that do not are reported as lost, and are connected to as soon as they do.

    Args:
        timeout_s: how long each daemon may take to connect and to answer.

    Raises:
        ConfigError: the file, a name or an endpoint is invalid.
    """
    if not isinstance(endpoints, Mapping):
        return Fleet(read_endpoints(endpoints), timeout_s)
    for name in endpoints:
        check_name(name, "connect_all")
    known = {name: Endpoint(each) if isinstance(each, str) else each for name, each in endpoints.items()}
    return Fleet(known, timeout_s)


class Fleet:
    """Connections to many daemons. Threads may share it; their calls take turns.

    No call raises because a daemon is lost, frozen, or of another version: that is a row with its reason.
    """

    def __init__(self, endpoints: Mapping[str, Endpoint], timeout_s: float = TIMEOUT_S) -> None:
        self._endpoints = dict(endpoints)
        self._lookups = Lookups(self._endpoints)
        self._timeout_s = timeout_s
        self._turn = threading.RLock()
        self._daemons: dict[str, Daemon] = {}

    def status(self) -> FleetStatus:
        """The health of every daemon."""
        return FleetStatus(tuple(self._look(status_of)))

    def snapshot(self, player: str | None = None) -> tuple[FleetRow[PerceptionOutput], ...]:
        """The latest snapshot of a player in every world (None: each daemon's configured one).

        Raises:
            RefusedError: `bad_arguments`: the player's name is invalid.
        """
        return tuple(self._look(lambda daemons: snapshot_of(daemons, player)))

    def world(self, name: str) -> Daemon:
        """A connection to the daemon of one world, to be closed by the caller: `with fleet.world("north") as north:`.

        Raises:
            RefusedError: `bad_arguments`: there is no such world.
            DaemonUnreachableError: its daemon does not answer.
        """
        with self._turn:
            worlds, lost = self._lookups.resolve(self._timeout_s)
        if name not in worlds:
            reason = lost.get(name) or f"no world is called {name[:80]!r}; there are: {', '.join([*worlds, *lost])}"
            raise RefusedError("bad_arguments", reason, "world")
        return _connect(worlds[name], self._timeout_s)

    def close(self) -> None:
        """Close the connections."""
        with self._turn:
            while self._daemons:
                self._daemons.popitem()[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _look(self, ask: Callable[[Mapping[str, Daemon]], Mapping[str, T | TimmyError]]) -> Iterator[FleetRow[T]]:
        with self._turn:
            worlds, unresolved = self._lookups.resolve(self._timeout_s)
            failures: dict[str, TimmyError] = self._connect_missing(worlds)
            answers = {**failures, **ask({name: self._daemons[name] for name in worlds if name in self._daemons})}
            for name, endpoint in worlds.items():
                yield self._row(name, endpoint.address, answers[name])
            for name, reason in unresolved.items():
                yield FleetRow(name, self._endpoints[name].address, None, reason)

    def _connect_missing(self, worlds: Mapping[str, Endpoint]) -> dict[str, TimmyError]:
        """Connect to the daemons that are not connected; the errors of those that cannot be."""
        for name, daemon in list(self._daemons.items()):
            if name not in worlds or daemon.has_ended:
                self._drop(name)
        missing = {name: endpoint for name, endpoint in worlds.items() if name not in self._daemons}
        if not missing:
            return {}
        tried = list(missing)[: room_for_daemons()]
        with ThreadPoolExecutor(CONNECTING_THREADS) as threads:
            connected = dict(zip(tried, threads.map(self._try, [missing[name] for name in tried]), strict=True))
        self._daemons.update({name: one for name, one in connected.items() if isinstance(one, Daemon)})
        failures = {name: one for name, one in connected.items() if isinstance(one, TimmyError)}
        limit = f"this process may have {files_limit()} files open, too few for so many daemons: ulimit -n sets it"
        return {**failures, **{name: HostError(limit) for name in missing if name not in connected}}

    def _try(self, endpoint: Endpoint) -> Daemon | TimmyError:
        try:
            return _connect(endpoint, self._timeout_s)
        except TimmyError as error:
            return error

    def _row(self, name: str, endpoint: str, answer: T | TimmyError) -> FleetRow[T]:
        if not isinstance(answer, TimmyError):
            return FleetRow(name, endpoint, answer)
        if not isinstance(answer, RefusedError):
            self._drop(name)
        return FleetRow(name, endpoint, None, str(answer))

    def _drop(self, name: str) -> None:
        daemon = self._daemons.pop(name, None)
        if daemon is not None:
            daemon.close()


def _connect(endpoint: Endpoint, timeout_s: float) -> Daemon:
    return connect(endpoint.address, timeout_s=timeout_s, keys=endpoint.keys)


def _reasons(rows: tuple[FleetRow[Health], ...]) -> Iterator[str]:
    for row in rows:
        if row.value is None:
            yield f"{row.name}: {row.reason}"
            continue
        yield from (f"{row.name}: {reason}" for reason in row.value.reasons)
        if row.value.version != __version__:
            yield f"{row.name}: runs version {row.value.version}, this program is {__version__}: install one on both"
