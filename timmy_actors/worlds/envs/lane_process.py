"""The process of a lane: an environment and its world, which takes its owner's requests until the connection ends."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection
from typing import Any, cast

from timmy_actors.embedded import LockstepWorld, WorldProcess
from timmy_actors.worlds.envs.gymnasium_env import TaskEnv
from timmy_actors.worlds.envs.observation import Observation


class LocalEnv(TaskEnv):
    """A `TaskEnv` whose world is in the same process."""

    def _start_world(self, seed: int) -> WorldProcess:
        return cast(WorldProcess, LockstepWorld(seed))  # it has the calls that an environment uses


def to_bytes(observation: Observation) -> bytes:
    """An observation's arrays, one after the other."""
    return b"".join(array.tobytes() for array in observation.values())


def serve(connection: Connection) -> None:
    """Make the environment that the first message describes, and execute requests until the connection ends."""
    task, options = connection.recv()
    env = LocalEnv(task, **options)
    while True:
        try:
            request = connection.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            answer = _execute(env, *request)
        except Exception as error:  # noqa: BLE001  it is the owner's to raise
            answer = error
        connection.send(answer)


def _execute(env: LocalEnv, kind: str, argument: Any) -> Any:
    if kind == "reset":
        observation, info = env.reset(seed=argument)
        return to_bytes(observation), 0.0, False, False, info
    observation, reward, terminated, truncated, info = env.step(argument)
    return to_bytes(observation), reward, terminated, truncated, info


def main() -> None:
    """Serve on the connection whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the owner, which closes the connection
    with Connection(int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
