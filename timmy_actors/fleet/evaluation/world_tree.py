"""One world with its tree: a supervisor, and the actor that plays episodes. Runs in a process of its own."""

from __future__ import annotations

import math
import time

from timmy_actors.embedded import LockstepWorld
from timmy_actors.errors import ConfigError, TimmyError, WorldGoneError
from timmy_actors.fleet.evaluation.policies import Policy, find_policy
from timmy_actors.fleet.evaluation.records import EpisodeResult, PlannedEpisode, lost
from timmy_actors.supervision import Actor, ChildSpec, Directory, Supervisor
from timmy_actors.system import describe_failure
from timmy_actors.worlds import Episode, play

WORLD = "world"
RESTART_WITHIN_S = 60.0
"""How long an episode may wait for a world that is being restarted."""
END_WITHIN_S = 10.0


class WorldActor(Actor):
    """Owns a world in lockstep, and plays one episode at a time in it. Fails when its world has ended."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy
        self._world: LockstepWorld | None = None

    def on_receive(self, message: PlannedEpisode) -> EpisodeResult:
        """Play an episode from its start to its end."""
        began = time.monotonic()
        if self._world is None:
            self._world = LockstepWorld(message.seed)
        else:
            self._world.reset(message.seed)
        state = play(Episode(message.task, self._world), self._policy(message.task, message.seed))
        assert state.ending, "`play` plays to the end"  # noqa: S101
        return EpisodeResult(
            task=message.task.id,
            number=message.number,
            seed=message.seed,
            ending=state.ending,
            score=state.score,
            game_ms=state.game_ms,
            real_s=time.monotonic() - began,
        )

    def on_stop(self) -> None:
        """End the world."""
        if self._world is not None:
            self._world.close()


class WorldTree:
    """A world under supervision.

    Raises:
        ConfigError: there is no such policy.
    """

    def __init__(self, policy: str) -> None:
        self._name = policy
        make = find_policy(policy)
        self._directory = Directory()
        # No watchdog: an episode may take long, and whoever asked for it ends this process when it takes too long.
        world = ChildSpec(WORLD, lambda: WorldActor(make), expected=(WorldGoneError,), hung_after_s=None)
        self._supervisor = Supervisor([world], self._directory).launch()

    def play(self, episode: PlannedEpisode) -> EpisodeResult:
        """Play an episode. One whose world ends is truncated; the next one has a new world.

        Raises:
            ConfigError: the policy, or the task's start, failed.
            LuaJitMissingError: there is no LuaJIT to run a world.
        """
        began = time.monotonic()
        asked = self._directory.ask(WORLD, episode, timeout_s=math.inf, wait_s=RESTART_WITHIN_S)
        try:
            result: EpisodeResult = asked.wait()
        except WorldGoneError as error:
            return lost(episode, str(error), time.monotonic() - began)
        except TimmyError:
            raise
        except Exception as error:
            where = f"episode {episode.number} of {episode.task.id}"
            raise ConfigError(f"policy {self._name!r} failed in {where}: {describe_failure(error)}") from error
        return result

    def close(self) -> None:
        """End the world and its tree."""
        self._supervisor.stop(timeout=END_WITHIN_S)
