"""A vector of tasks that steps its worlds at the same time: `make_vec(..., vectorization_mode="vector_entry_point")`.

Each lane is one process, which holds the environment and its world. Gymnasium's `AsyncVectorEnv` needs two for it: its
own worker, and the world's process.
"""

from __future__ import annotations

import math
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, cast

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from timmy_actors.embedded import MAX_SEED
from timmy_actors.errors import WorldGoneError
from timmy_actors.worlds.envs.gymnasium_env import ANSWER_WITHIN_S, TRIES, TaskEnv
from timmy_actors.worlds.envs.observation import Observation

END_WITHIN_S = 5.0


class Stepped(NamedTuple):
    """What a request to a lane brought."""

    observation: Observation
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


class LaneEnv(gymnasium.Env[Observation, Any]):
    """A `TaskEnv` in a process of its own, with its world. `begin` starts a request, which `step` or `reset` finishes.

    Args:
        task: the id of a task that ships, or the path of a task's file.
        answer_within_s: how long a call may wait for the process.
        options: the other arguments of `TaskEnv`.

    Raises:
        ConfigError: there is no such task, or its file is invalid.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  as the base declares it

    def __init__(self, task: str | Path, *, answer_within_s: float = ANSWER_WITHIN_S, **options: Any) -> None:
        pattern = TaskEnv(task, **options)
        self.observation_space, self.action_space = pattern.observation_space, pattern.action_space
        self._layout = _layout(pattern.observation_space)
        self._setup = task, options
        self._answer_within_s = answer_within_s
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._is_begun = False
        self._failure = ""
        self._last: Stepped | None = None

    @property
    def world_pid(self) -> int | None:
        """The id of the process, which holds the world."""
        return self._child.pid if self._child is not None else None

    @property
    def has_ended(self) -> bool:
        """Whether the last step ended the episode."""
        return self._last is not None and (self._last.terminated or self._last.truncated)

    def begin(self, kind: str, argument: Any) -> None:
        """Send a request, `step` with an action or `reset` with a seed, without waiting for its answer."""
        self._is_begun = True
        try:
            self._connect().send((kind, argument))
        except OSError as error:
            self._failure = f"cannot be reached: {error.strerror or error}"

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """As `TaskEnv`'s.

        Raises:
            WorldGoneError: no world could be started, in several tries.
        """
        super().reset(seed=seed, options=options)
        for number in range(TRIES):
            try:
                self._last = self._finish("reset", seed)
                break
            except WorldGoneError:
                if number == TRIES - 1:
                    raise
                seed = int(self.np_random.integers(MAX_SEED)) if seed is None else seed
        assert self._last is not None, "as set in the loop"  # noqa: S101
        return self._last.observation, self._last.info

    def step(self, action: Any) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """As `TaskEnv`'s."""
        if self._last is None:
            raise gymnasium.error.ResetNeeded("call reset before step")
        try:
            self._last = self._finish("step", action)
        except WorldGoneError as error:
            lost = {**self._last.info, "refused": "", "lost": str(error)}
            self._last = Stepped(self._last.observation, 0.0, False, True, lost)  # noqa: FBT003  as Gymnasium's
        return self._last

    def give_up(self) -> None:
        """End the process if a request is begun: its answer would be taken for that of the next request."""
        if self._is_begun:
            self._is_begun, self._failure = False, ""
            self._end()

    def close(self) -> None:
        """End the process."""
        child, connection = self._child, self._connection
        self._child = self._connection = None
        if connection is not None:
            connection.close()
        if child is not None:
            try:
                child.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        super().close()

    def _connect(self) -> Connection:
        if self._connection is not None:
            return self._connection
        mine, theirs = socket.socketpair()
        with mine, theirs:
            command = [sys.executable, "-m", "timmy_actors.worlds.envs.lane_process", str(theirs.fileno())]
            self._child = subprocess.Popen(  # noqa: S603  our own module
                command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True
            )
            self._connection = Connection(mine.detach())
        self._connection.send(self._setup)
        return self._connection

    def _finish(self, kind: str, argument: Any) -> Stepped:
        """Wait for the answer to a request, which is begun here unless it was before."""
        if not self._is_begun:
            self.begin(kind, argument)
        self._is_begun = False
        try:
            answer = self._receive()
        except BaseException:
            self._end()
            raise
        if isinstance(answer, Exception):
            raise answer
        raw, reward, terminated, truncated, info = answer
        return Stepped(self._observation(raw), reward, terminated, truncated, info)

    def _receive(self) -> Any:
        failure, self._failure = self._failure, ""
        pid = self.world_pid
        if not failure and self._connection is not None:
            try:
                if self._connection.poll(self._answer_within_s):
                    return self._connection.recv()
                failure = f"did not answer within {self._answer_within_s:g} s"
            except (EOFError, OSError):
                failure = "has ended"
        raise WorldGoneError(f"the process {pid} of the world {failure}")

    def _end(self) -> None:
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
        self.close()

    def _observation(self, raw: bytes) -> Observation:
        buffer = bytearray(raw)  # one that can be written, as the arrays of any observation
        return {
            name: np.frombuffer(buffer, dtype, count, offset).reshape(shape)
            for name, dtype, count, offset, shape in self._layout
        }


def _layout(space: Any) -> list[tuple[str, np.dtype[Any], int, int, tuple[int, ...]]]:
    """Of each array: its name, type, size, offset in the bytes, and shape."""
    layout, offset = [], 0
    for name, part in space.items():
        count = math.prod(part.shape)
        layout.append((name, part.dtype, count, offset, part.shape))
        offset += count * part.dtype.itemsize
    return layout


class TaskVectorEnv(SyncVectorEnv):
    """Lanes whose worlds step at the same time; else as `SyncVectorEnv`, in every autoreset mode.

    Args:
        task: the id of a task that ships, or the path of a task's file.
        num_envs: how many lanes.
        autoreset_mode: see `gymnasium.vector.AutoresetMode`.
        options: the other arguments of `TaskEnv`. Lanes are not rendered.

    Raises:
        ConfigError: there is no such task, or its file is invalid.
    """

    def __init__(
        self,
        task: str | Path,
        num_envs: int,
        *,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        **options: Any,
    ) -> None:
        make: Callable[[], LaneEnv] = partial(LaneEnv, task, **options)
        super().__init__([make] * num_envs, autoreset_mode=autoreset_mode)

    def step(self, actions: Any) -> Any:
        """Step every lane.

        Raises:
            InvalidAction: an action is not in the space; then no lane was stepped.
        """
        chosen = list(gymnasium.vector.utils.iterate(self.action_space, actions))
        for number, action in enumerate(chosen):
            if not self.single_action_space.contains(action):
                message = f"actions.{number}: must be in {self.single_action_space}, not {str(action)[:64]}"
                raise gymnasium.error.InvalidAction(message)
        lanes = cast("tuple[LaneEnv, ...]", self.envs)
        try:
            self._begin(lanes, chosen)
            return super().step(actions)
        finally:
            for lane in lanes:
                lane.give_up()  # one whose turn did not come: another lane raised, or Ctrl-C came

    def _begin(self, lanes: tuple[LaneEnv, ...], actions: list[Any]) -> None:
        resets = self.autoreset_mode is AutoresetMode.NEXT_STEP
        for lane, action in zip(lanes, actions, strict=True):
            if resets and lane.has_ended:
                lane.begin("reset", None)
            else:
                lane.begin("step", action)
