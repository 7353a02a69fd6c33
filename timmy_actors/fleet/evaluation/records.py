"""What an evaluation plans and stores: its settings, its episodes and their results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from timmy_actors.embedded import MAX_SEED
from timmy_actors.protocol import StrictModel
from timmy_actors.version import __version__
from timmy_actors.worlds import Task

FORMAT = 1
DIGEST_BYTES = 16
MAX_EPISODES = 10_000
"""The most episodes of one task."""
Score = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[int, Field(ge=1, le=MAX_EPISODES)]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class PlannedEpisode(StrictModel):
    """An episode to play."""

    task: Task
    number: Number
    """Which of the task's episodes it is, from 1."""
    seed: Seed
    """The seed of the world and of the policy."""

    @property
    def key(self) -> EpisodeKey:
        """What distinguishes it from the evaluation's other episodes."""
        return EpisodeKey(self.task.id, self.number)


class EpisodeKey(NamedTuple):
    """What distinguishes an episode within its evaluation."""

    task: str
    number: int


class EpisodeResult(StrictModel):
    """How an episode ended: one line of the evaluation's file.

    An episode whose world was lost is truncated: its `ending` is `lost`, `reason` says why, and it has no score.
    """

    task: str
    number: Number
    seed: Seed
    ending: Literal["success", "failure", "time", "lost"]
    score: Score | None = None
    game_ms: Annotated[int, Field(ge=0)] | None = None
    """Game time since the episode's start."""
    real_s: Annotated[float, Field(ge=0)]
    """How long it took to play, the start of its world included."""
    reason: str = ""

    @property
    def key(self) -> EpisodeKey:
        """The planned episode that it is the result of."""
        return EpisodeKey(self.task, self.number)


class EvaluationHead(StrictModel):
    """The settings of an evaluation: the first line of its file."""

    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    version: str = __version__
    policy: str
    seed: Seed
    """The seed of each task's first episode; the next ones count from there."""
    episodes: Number
    """How many episodes each task has."""
    tasks: dict[str, str]
    """The tasks, and the digests of their files' contents."""


def head_of(tasks: Iterable[Task], policy: str, episodes: int, seed: int) -> EvaluationHead:
    """The head of an evaluation of these tasks."""
    digests = {task.id: digest(task) for task in tasks}
    return EvaluationHead(policy=policy, seed=seed, episodes=episodes, tasks=digests)


def digest(task: Task) -> str:
    """A digest of what a task's file says."""
    return hashlib.blake2b(task.model_dump_json().encode(), digest_size=DIGEST_BYTES).hexdigest()


def plan(tasks: Iterable[Task], episodes: int, seed: int) -> list[PlannedEpisode]:
    """All episodes: the first of every task, then the second of every task, and so on."""
    known = list(tasks)
    return [
        PlannedEpisode(task=task, number=number, seed=(seed + number - 1) % (MAX_SEED + 1))
        for number in range(1, episodes + 1)
        for task in known
    ]


def lost(episode: PlannedEpisode, reason: str, real_s: float) -> EpisodeResult:
    """The result of an episode whose world was lost."""
    key = episode.key
    return EpisodeResult(
        task=key.task, number=key.number, seed=episode.seed, ending="lost", real_s=real_s, reason=reason
    )
