"""Policies that do to their world what happens to worlds: they kill it, freeze it, or have a mistake."""

from __future__ import annotations

import gc
import os
import signal

from timmy_actors.embedded import LockstepWorld
from timmy_actors.worlds import RandomAgent, ScriptedAgent, State, Task

DEADLY_SEED, BREAKING_SEED = 2, 3


class Deadly(ScriptedAgent):
    """Follows the script; after some steps one episode kills its process, and another breaks a script of its world."""

    def __init__(self, task: Task, seed: int) -> None:
        super().__init__(task, seed)
        self._seed = seed
        self._steps = 0

    def choose(self, state: State) -> int:
        self._steps += 1
        if self._steps == 3 and self._seed == DEADLY_SEED:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._steps == 3 and self._seed == BREAKING_SEED:
            self._break_script()
        return super().choose(state)

    def _break_script(self) -> None:
        world = next(known for known in gc.get_objects() if isinstance(known, LockstepWorld))
        world._lua.execute("TimmyDies = function() error('a script is broken') end")
        world._lua.execute("tes3mp.StartTimer(tes3mp.CreateTimer('TimmyDies', 10))")


class Stopped(RandomAgent):
    """Freezes its process."""

    def choose(self, state: State) -> int:
        os.kill(os.getpid(), signal.SIGSTOP)
        return super().choose(state)


class Mistaken(RandomAgent):
    """Raises."""

    def choose(self, state: State) -> int:
        raise KeyError("no such plan")


class Endless(RandomAgent):
    """Plays one episode, and waits in the next one until its process is ended."""

    def __init__(self, task: Task, seed: int) -> None:
        super().__init__(task, seed)
        self._waits = seed > 1

    def choose(self, state: State) -> int:
        if self._waits:
            signal.pause()
        return super().choose(state)
