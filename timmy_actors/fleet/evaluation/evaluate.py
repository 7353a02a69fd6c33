"""Evaluates a policy on tasks, over many worlds, and continues where an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.embedded import MAX_SEED
from timmy_actors.errors import ConfigError, EpisodesUnusableError, HostError
from timmy_actors.fleet.evaluation.local_worlds import LocalWorlds, Worlds
from timmy_actors.fleet.evaluation.picture import draw_scores
from timmy_actors.fleet.evaluation.policies import find_policy
from timmy_actors.fleet.evaluation.records import MAX_EPISODES, EpisodeResult, PlannedEpisode, head_of, plan
from timmy_actors.fleet.evaluation.results import EX_IOERR, ResultFile
from timmy_actors.fleet.evaluation.summary import TaskSummary, summarize
from timmy_actors.worlds import Task, find_task, load_tasks

MAX_WORLDS = 1_000
EPISODE_WITHIN_S = 3600.0
"""How long an episode may take; those that ship take seconds."""
MOST_LOST_IN_A_ROW = 20
"""After so many lost episodes without one that was played, the evaluation ends: something else is wrong."""
PICTURE = "scores.svg"


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation has come to."""

    tasks: tuple[str, ...]
    results: tuple[EpisodeResult, ...]
    planned: int
    """How many episodes it has in all."""

    def summaries(self) -> list[TaskSummary]:
        """The scores: a row for each task, and the last one for all of them."""
        return summarize(self.results, self.tasks)


def evaluate(
    folder: Path | str,
    *,
    tasks: Iterable[Task | str | Path] | None = None,
    policy: str = "scripted",
    worlds: int = 2,
    episodes: int = 5,
    seed: int = 1,
    ray: str | None = None,
    episode_within_s: float = EPISODE_WITHIN_S,
    on_result: Callable[[Evaluation], object] | None = None,
) -> Evaluation:
    """Have a policy play `episodes` episodes of each task, over `worlds` worlds at a time.

    The results are in `folder`: `episodes.jsonl`, one line for each episode that has ended, and `scores.svg`. Called
    again with the same settings, it continues: no episode is lost or counted twice, however the last run ended. The
    number of worlds may differ. An episode whose world is lost is truncated with the reason, and is not repeated.

    Args:
        tasks: tasks, the ids of tasks that ship, or the paths of tasks' files. None: all that ship.
        policy: `scripted`, `random`, or `MODULE:NAME`, which is called with the task and the seed of each episode and
            returns an `Agent`.
        seed: the seed of each task's first episode; the next ones count from there.
        ray: the address of a Ray cluster that runs the worlds (`auto`: the one of this machine, `local`: a new one);
            needs the extra `ray`. None: they run on this machine.
        episode_within_s: how long an episode may take, in seconds, before its world counts as lost.
        on_result: called at the start, and after each episode.

    Raises:
        ConfigError: an argument is invalid, the policy failed, or the folder has an evaluation with other settings.
        EpisodesUnusableError: the file of results cannot be read or written, or another process writes it.
        HostError: one world after another was lost; Ray is missing, or its cluster does not answer.
    """
    chosen = _tasks(tasks)
    _check("worlds", worlds, 1, MAX_WORLDS)
    _check("episodes", episodes, 1, MAX_EPISODES)
    _check("seed", seed, 0, MAX_SEED)
    find_policy(policy)
    folder = Path(folder)
    planned = plan(chosen, episodes, seed)
    with ResultFile(folder, head_of(chosen, policy, episodes, seed)) as file:

        def so_far() -> Evaluation:
            return Evaluation(tuple(task.id for task in chosen), tuple(file.results.values()), len(planned))

        report = on_result or (lambda _: None)
        report(so_far())
        pending = [episode for episode in planned if episode.key not in file.results]
        with _open(ray, min(worlds, len(pending)), policy, episode_within_s) as players:
            for _ in _play(players, pending, file):
                report(so_far())
        _draw(folder / PICTURE, so_far(), policy)
        return so_far()


def _open(ray: str | None, worlds: int, policy: str, episode_within_s: float) -> Worlds:
    if ray is not None and worlds:
        # Imported late: Ray is an extra, and takes seconds to load.
        from timmy_actors.fleet.evaluation.ray_worlds import RayWorlds  # noqa: PLC0415

        return RayWorlds(ray, worlds, policy, episode_within_s)
    return LocalWorlds(worlds, policy, episode_within_s)


def _play(worlds: Worlds, pending: Sequence[PlannedEpisode], file: ResultFile) -> Iterator[None]:
    lost = 0
    for result in worlds.play(iter(pending)):
        file.append(result)
        yield
        lost = lost + 1 if result.ending == "lost" else 0
        if lost >= MOST_LOST_IN_A_ROW:
            raise HostError(f"{lost} worlds were lost one after another, the last one because {result.reason}")


def _tasks(tasks: Iterable[Task | str | Path] | None) -> list[Task]:
    if tasks is None:
        return list(load_tasks().values())
    chosen = [task if isinstance(task, Task) else find_task(task) for task in tasks]
    ids = [task.id for task in chosen]
    repeated = next((name for name in ids if ids.count(name) > 1), None)
    if repeated is not None or not ids:
        raise ConfigError(f"tasks: {repeated!r} is named twice" if repeated else "tasks: name at least one")
    return chosen


def _check(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{name}: {value} must be a whole number from {least} to {most}")


def _draw(path: Path, evaluation: Evaluation, policy: str) -> None:
    temporary = path.with_suffix(".tmp")
    try:
        temporary.write_text(draw_scores(evaluation.summaries(), f"Mean scores of {policy}"), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise EpisodesUnusableError(f"{path}: cannot be written ({error.strerror})", EX_IOERR) from error
