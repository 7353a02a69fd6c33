"""Minari's data sets: state and action as numbers, written by its library. Needs the extra `minari`.

Such a data set has no texts, and here no pictures. It takes the observations of an episode as consecutive, so each run
of beats is an episode of its own. An action needs the observation after it: the last action of a run that breaks off is
left out; where the task ended with it, the last observation stands for the one that nobody made.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording.exports.frames import Run, read_runs, survey
from timmy_actors.recording.exports.images import Images

DATASET = "beats-v0"
"""Its id: `MINARI_DATASETS_PATH=FOLDER` makes `minari.load_dataset` find it."""
EX_NOINPUT = 66


def write_minari(episodes: Sequence[Path], target: Path, _: Images) -> int:
    """Write a data set. Returns the number of steps.

    Raises:
        ConfigError: Minari is not installed.
        EpisodesUnusableError: no beats follow each other, or their observations have no numbers.
        OSError: a file cannot be written.
    """
    for name in ("h5py", "PIL.Image"):  # its storage needs both
        _module(name)
    minari, numpy, spaces = _module("minari"), _module("numpy"), _module("gymnasium.spaces")
    storages, buffers = _module("minari.dataset.minari_storage"), _module("minari.data_collector")
    layout = replace(survey(episodes), has_pictures=False)
    if not layout.state:
        raise EpisodesUnusableError(
            "the observations have no numbers: export them as 'lerobot', with pictures", EX_NOINPUT
        )
    folder = target / DATASET / "data"
    folder.mkdir(parents=True)
    observed, acted = (
        spaces.Box(-numpy.inf, numpy.inf, (len(names),), numpy.float32) for names in (layout.state, layout.actions)
    )
    storage = storages.MinariStorage.new(folder, observed, acted, data_format="hdf5")
    about = f"Observation: {', '.join(layout.state)}. Action: {', '.join(layout.actions)}."
    storage.update_metadata({"dataset_id": DATASET, "minari_version": minari.__version__, "description": about})
    runs = (run for run in read_runs(episodes, layout) if _length(run))
    storage.update_episodes(buffers.EpisodeBuffer(**_columns(run, numpy)) for run in runs)
    if not storage.total_steps:
        raise EpisodesUnusableError("no two beats follow each other: export others", EX_NOINPUT)
    return int(storage.total_steps)


def _length(run: Run) -> int:
    """The number of steps."""
    return len(run.frames) - (not run.is_terminal)


def _columns(run: Run, numpy: Any) -> dict[str, Any]:
    length = _length(run)
    states = [frame.state for frame in run.frames]
    steps = run.frames[:length]
    return {
        "observations": numpy.array(states if length < len(states) else [*states, states[-1]], numpy.float32),
        "actions": numpy.array([frame.action for frame in steps], numpy.float32),
        "rewards": numpy.array([frame.reward for frame in steps], numpy.float64),
        "terminations": numpy.array([run.is_terminal and frame is run.frames[-1] for frame in steps]),
        "truncations": numpy.array([not run.is_terminal and frame is steps[-1] for frame in steps]),
        "infos": {
            "beat": numpy.array([frame.beat for frame in steps]),
            "monotonic_s": numpy.array([frame.monotonic_s for frame in steps]),
        },
    }


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError("Minari's format needs its library: pip install 'timmy_actors[minari]'") from error
