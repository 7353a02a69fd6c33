"""Worlds on a Ray cluster: each is a Ray actor with a world and its tree. Ray places them, and restarts those that die.

No call is retried (`max_task_retries=0`): a retry would act twice. Facts of Ray 2.60 that this module relies on:

- The call that runs when an actor dies raises `ActorUnavailableError` if the actor is being restarted. So do the calls
  that are made until it is back: an episode is sent only to an actor that has answered.
- An actor that exits with 0 is never restarted: its calls raise `ActorDiedError`, and another actor takes its place.
- `ray.init` replaces the handler of SIGTERM, and `ray.shutdown` leaves its own: the former one is put back here.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

from timmy_actors.errors import HostError, TimmyError
from timmy_actors.fleet.evaluation.answers import answer, failure, read_answer
from timmy_actors.fleet.evaluation.records import EpisodeResult, PlannedEpisode, lost
from timmy_actors.fleet.evaluation.world_tree import WorldTree

try:
    import ray
    from ray.exceptions import ActorDiedError, RayActorError
except ModuleNotFoundError as error:
    raise HostError(f"{error.name} is missing: pip install 'timmy_actors[ray]'") from error

PLACED_WITHIN_S = 300.0
"""How long the cluster may have no world that answers, before the evaluation ends."""
LOOK_EVERY_S = 0.5
READY = b"ready"
LONGEST_REASON = 200
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class RayWorld:
    """The Ray actor of one world."""

    def __init__(self, policy: str) -> None:
        self._policy = policy
        self._tree: WorldTree | None = None

    def ready(self) -> bytes:
        """Start the tree, if it has not started; `READY`, or a failure."""
        try:
            self._started()
        except TimmyError as error:
            return failure(error)
        return READY

    def play(self, episode: bytes) -> bytes:
        """Play an episode. Ray may have restarted the actor since it was ready."""
        return answer(self._started(), episode)

    def _started(self) -> WorldTree:
        self._tree = self._tree or WorldTree(self._policy)
        return self._tree


class _World:
    """An actor, and the call that it answers: whether it is ready, or an episode."""

    def __init__(self, options: dict[str, Any], policy: str) -> None:
        self._options = options
        self._policy = policy
        self.call: Any = None
        """None: it has answered, or is to be asked again."""
        self.episode: PlannedEpisode | None = None
        """The episode that it plays."""
        self.is_ready = False
        self._began = 0.0
        self._create()

    def _create(self) -> None:
        self._actor = ray.remote(RayWorld).options(**self._options).remote(self._policy)

    def ask_ready(self) -> None:
        """Ask whether it is ready."""
        self._began, self.call = time.monotonic(), self._actor.ready.remote()

    def begin(self, episode: PlannedEpisode) -> None:
        """Have it play an episode."""
        self.episode, self._began = episode, time.monotonic()
        self.call = self._actor.play.remote(episode.model_dump_json().encode())

    def result(self) -> EpisodeResult | None:
        """The result of the call, which has ended; None: it was not an episode.

        Raises:
            ConfigError: the world cannot play.
        """
        try:
            answered: bytes = ray.get(self.call)
        except RayActorError as error:
            return self.lose(f"the Ray actor of the world was lost: {_in_short(error)}", error)
        self.call = None
        if answered == READY:
            self.is_ready = True
            return None
        result, self.episode = read_answer(answered), None
        return result

    def lose(self, reason: str, error: RayActorError | None = None) -> EpisodeResult | None:
        """Give up the call; the actor is asked whether it is ready before it gets another episode."""
        if error is None:
            ray.kill(self._actor, no_restart=False)
        elif isinstance(error, ActorDiedError):
            self._create()
        episode, self.episode = self.episode, None
        self.call, self.is_ready = None, False
        return None if episode is None else lost(episode, reason, self.took_s)

    def end(self) -> None:
        """Kill it for good."""
        ray.kill(self._actor, no_restart=True)

    @property
    def took_s(self) -> float:
        """How long the call has taken."""
        return time.monotonic() - self._began


class RayWorlds:
    """`count` worlds on the Ray cluster at `address`; an episode longer than `episode_within_s` counts as lost.

    Raises:
        HostError: the cluster does not answer.
    """

    def __init__(self, address: str, count: int, policy: str, episode_within_s: float) -> None:
        self._within_s = episode_within_s
        with ExitStack() as stack:
            stack.enter_context(_connected(address))
            options = _options(count)
            self._worlds = [_World(options, policy) for _ in range(count)]
            self._stack = stack.pop_all()

    def play(self, episodes: Iterator[PlannedEpisode]) -> Iterator[EpisodeResult]:
        """Play all episodes; see `Worlds`."""
        played = time.monotonic()
        following = next(episodes, None)
        while following is not None or any(world.episode for world in self._worlds):
            for world in self._worlds:
                if world.is_ready and world.episode is None and following is not None:
                    world.begin(following)
                    following = next(episodes, None)
                elif world.call is None and not world.is_ready:
                    world.ask_ready()
            yield from self._results()
            if any(world.episode for world in self._worlds):
                played = time.monotonic()
            elif time.monotonic() - played > PLACED_WITHIN_S:
                raise HostError(f"the Ray cluster has had no world for {PLACED_WITHIN_S:g} s: 'ray status' shows why")

    def _results(self) -> Iterator[EpisodeResult]:
        """Wait for the end of a call, but not for long, and yield the results of episodes."""
        calls = {world.call: world for world in self._worlds if world.call is not None}
        done, _ = ray.wait(list(calls), num_returns=1, timeout=LOOK_EVERY_S)
        results = [calls[call].result() for call in done]
        overdue = [world for world in self._worlds if world.episode is not None and world.took_s > self._within_s]
        results += [world.lose(f"the world did not end an episode within {self._within_s:g} s") for world in overdue]
        yield from (result for result in results if result is not None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._stack:
            for world in self._worlds:
                world.end()


def _options(count: int) -> dict[str, Any]:
    """The options of each actor. All take half of the processors, so that those of a lost node find another place."""
    processors = float(ray.cluster_resources().get("CPU", 1.0))
    share = max(0.001, min(1.0, round(processors / count / 2, 3)))
    return {"num_cpus": share, "scheduling_strategy": "SPREAD", "max_restarts": -1, "max_task_retries": 0}


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Connect to a cluster, unless the caller has; afterwards the handlers of signals are those of before."""
    if ray.is_initialized():
        yield
        return
    in_main = threading.current_thread() is threading.main_thread()
    handlers = {number: signal.getsignal(number) for number in SIGNALS} if in_main else {}
    try:
        _connect(address)
        yield
    finally:
        ray.shutdown()
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _connect(address: str) -> None:
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray has no class of its own for a cluster that does not answer or start
        raise HostError(f"no Ray cluster answers at {address!r}: {_in_short(error)}") from error


def _in_short(error: BaseException) -> str:
    """Ray's messages have many lines, and name the actor's class, id and log files."""
    return " ".join(str(error).split())[:LONGEST_REASON]
