"""Worlds on this machine: each has a process of its own, which is replaced when it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Protocol, Self

from timmy_actors.errors import HostError
from timmy_actors.fleet.evaluation.answers import read_answer
from timmy_actors.fleet.evaluation.records import EpisodeResult, PlannedEpisode, lost
from timmy_actors.system import how_it_ended

END_WITHIN_S = 5.0
"""How long a process may take to end when its connection is closed, before it is killed."""


class Worlds(Protocol):
    """Several worlds that play episodes at the same time."""

    def play(self, episodes: Iterator[PlannedEpisode]) -> Iterator[EpisodeResult]:
        """Play all episodes; yields the result of each as soon as it has ended.

        An episode whose world is lost is truncated, and another world takes its place.

        Raises:
            ConfigError: a world cannot play: the policy failed, or LuaJIT is missing.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...


class LocalWorlds:
    """`count` worlds in processes of their own; an episode that takes longer than `episode_within_s` counts as lost."""

    def __init__(self, count: int, policy: str, episode_within_s: float) -> None:
        self._count = count
        self._policy = policy
        self._within_s = episode_within_s
        self._processes: dict[Connection, _Process] = {}
        """Of the worlds that run, by their connections."""

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that run."""
        return [process.pid for process in self._processes.values()]

    def play(self, episodes: Iterator[PlannedEpisode]) -> Iterator[EpisodeResult]:
        """Play all episodes; see `Worlds`."""
        while True:
            self._give_out(episodes)
            playing = [connection for connection, process in self._processes.items() if process.episode is not None]
            if not playing:
                return
            left_s = min(self._processes[connection].left_s(self._within_s) for connection in playing)
            ready = wait(playing, max(0.0, left_s))
            for connection in playing:
                process = self._processes[connection]
                if connection in ready:
                    yield self._result(process)
                elif process.left_s(self._within_s) <= 0:
                    yield self._lost(process, f"did not end an episode within {self._within_s:g} s, and was killed")

    def _give_out(self, episodes: Iterator[PlannedEpisode]) -> None:
        idle = [process for process in self._processes.values() if process.episode is None]
        while idle or len(self._processes) < self._count:
            episode = next(episodes, None)
            if episode is None:
                return
            process = idle.pop() if idle else self._start()
            process.begin(episode)

    def _start(self) -> _Process:
        try:
            process = _Process(self._policy)
        except OSError as error:
            count = len(self._processes)
            reason = f"no process for world {count + 1} ({error.strerror}): have fewer worlds, or raise the limit"
            raise HostError(reason) from error
        self._processes[process.connection] = process
        return process

    def _result(self, process: _Process) -> EpisodeResult:
        try:
            answer = process.connection.recv_bytes()
        except (EOFError, OSError):
            return self._lost(process, "")
        result = read_answer(answer)
        process.episode = None
        return result

    def _lost(self, process: _Process, why: str) -> EpisodeResult:
        episode, took_s = process.episode, process.took_s
        assert episode is not None, "it was playing"  # noqa: S101
        del self._processes[process.connection]
        ended = process.end(kill=bool(why))
        return lost(episode, f"the process {process.pid} of the world {why or ended}", took_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        while self._processes:
            process = self._processes.popitem()[1]
            process.end(kill=process.episode is not None)


class _Process:
    """The process of a world, and the episode that it plays."""

    def __init__(self, policy: str) -> None:
        self.connection, theirs = Pipe()
        with ExitStack() as stack, theirs:
            stack.callback(self.connection.close)
            command = [sys.executable, "-m", "timmy_actors.fleet.evaluation.world_server", str(theirs.fileno()), policy]
            self._child = subprocess.Popen(  # noqa: S603  our own module
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            stack.pop_all()
        self.pid = self._child.pid
        self.episode: PlannedEpisode | None = None
        self._began = 0.0

    def begin(self, episode: PlannedEpisode) -> None:
        """Have it play an episode. That the process has ended is noticed when its answer is read."""
        self.episode, self._began = episode, time.monotonic()
        try:
            self.connection.send_bytes(episode.model_dump_json().encode())
        except ConnectionError:
            return

    @property
    def took_s(self) -> float:
        """How long the episode has been played."""
        return time.monotonic() - self._began

    def left_s(self, within_s: float) -> float:
        """How long the episode may still take."""
        return within_s - self.took_s

    def end(self, *, kill: bool) -> str:
        """End the process; how it ended, in words."""
        self.connection.close()
        if kill:
            self._child.kill()
        try:
            return how_it_ended(self._child.wait(END_WITHIN_S))
        except subprocess.TimeoutExpired:
            self._child.kill()
            return how_it_ended(self._child.wait())
