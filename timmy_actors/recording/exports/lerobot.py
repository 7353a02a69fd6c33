"""LeRobot's data sets, version 3: a frame per beat, written without its library. Needs the extra `lerobot`.

That library takes the frames of an episode as consecutive, so each run of beats is an episode of its own. It computes a
frame's time from its number and the rate; when the beat really began is in the column `real_timestamp`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from timmy_actors.errors import ConfigError
from timmy_actors.recording.exports.frames import Frame, Layout, Run, read_runs, survey
from timmy_actors.recording.exports.images import Images
from timmy_actors.recording.exports.statistics import Pixels, Vectors
from timmy_actors.recording.exports.texts import decision_text
from timmy_actors.recording.reader import read_head

VERSION = "v3.0"
SCREEN, STATE, ACTION = "observation.images.screen", "observation.state", "action"
FILES_PER_CHUNK, DATA_FILE_MB, VIDEO_FILE_MB = 1_000, 100, 200
"""LeRobot's own: an episode is never divided, so that a file can be larger."""
ROWS_AT_ONCE = 64
"""Rows with pictures that are held in memory."""
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
SCALARS = {
    "next.reward": "float32", "next.done": "bool", "next.success": "bool", "real_timestamp": "float32",
    "beat": "int64", "decision": "string", "timestamp": "float32", "frame_index": "int64", "episode_index": "int64",
    "index": "int64", "task_index": "int64",
}  # fmt: skip
"""The columns with one value."""
INDEX = "__index_level_0__"


def write_lerobot(episodes: Sequence[Path], target: Path, images: Images) -> int:
    """Write a data set. Returns the number of frames.

    Raises:
        ConfigError: pyarrow is not installed, or Pillow is needed and not installed.
        EpisodesUnusableError: there is no frame.
        OSError: a file cannot be written.
    """
    writer = _Writer(target, survey(episodes), images)
    for run in read_runs(episodes, writer.layout):
        writer.add(run)
    return writer.finish()


class _Writer:
    def __init__(self, target: Path, layout: Layout, images: Images) -> None:
        self.layout = layout
        self._target = target
        self._images = images
        self._arrow, self._parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
        self._rate_hz = max(1, round(layout.rate_hz))
        self._frames, self._number = 0, 0
        """The frames so far; the number of the current file."""
        self._file: Any = None
        self._tasks: dict[str, int] = {}
        self._episodes: list[dict[str, Any]] = []
        self._pixels = Pixels()
        self._vectors = {STATE: Vectors(), ACTION: Vectors(), "next.reward": Vectors(), "timestamp": Vectors()}

    def add(self, run: Run) -> None:
        """Write a run as an episode."""
        self._next_file()
        head = read_head(run.episode)
        goal = str((head.meta if head is not None else {}).get("goal") or "Play.")
        task = self._tasks.setdefault(goal, len(self._tasks))
        rows = self._rows(run, task)
        while batch := [row for row, _ in zip(rows, range(ROWS_AT_ONCE), strict=False)]:
            self._append(batch)
        self._episodes.append(
            {
                "episode_index": len(self._episodes),
                "tasks": [goal],
                "length": len(run.frames),
                "data/chunk_index": self._number // FILES_PER_CHUNK,
                "data/file_index": self._number % FILES_PER_CHUNK,
                "dataset_from_index": self._frames,
                "dataset_to_index": self._frames + len(run.frames),
                "meta/episodes/chunk_index": 0,
                "meta/episodes/file_index": 0,
            }
        )
        self._frames += len(run.frames)

    def finish(self) -> int:
        """Write what describes the data. Returns the number of frames."""
        if self._file is not None:
            self._file.close()
        meta = self._target / "meta"
        (meta / "episodes" / "chunk-000").mkdir(parents=True)
        described = self._arrow.Table.from_pylist(self._episodes)
        self._parquet.write_table(described, meta / "episodes" / "chunk-000" / "file-000.parquet")
        self._parquet.write_table(self._task_table(), meta / "tasks.parquet")
        (meta / "info.json").write_text(json.dumps(self._info(), indent=4), encoding="utf-8")
        stats = {key: vectors.result() for key, vectors in self._vectors.items() if vectors.count}
        if self.layout.has_pictures:
            stats[SCREEN] = self._pixels.result()
        (meta / "stats.json").write_text(json.dumps(stats, indent=4), encoding="utf-8")
        return self._frames

    def _rows(self, run: Run, task: int) -> Iterator[dict[str, Any]]:
        first, last = run.frames[0].monotonic_s, len(run.frames) - 1
        for number, frame in enumerate(run.frames):
            timestamp = number / self._rate_hz
            self._count(frame, timestamp)
            yield {
                **({STATE: _vector(frame.state)} if frame.state else {}),
                **({SCREEN: self._screen(run.episode, frame)} if self.layout.has_pictures else {}),
                ACTION: _vector(frame.action),
                "next.reward": frame.reward,
                "next.done": number == last,
                "next.success": number == last and run.outcome == "success",
                "real_timestamp": frame.monotonic_s - first,
                "beat": frame.beat,
                "decision": decision_text(frame.decision),
                "timestamp": timestamp,
                "frame_index": number,
                "episode_index": len(self._episodes),
                "index": self._frames + number,
                "task_index": task,
            }

    def _count(self, frame: Frame, timestamp: float) -> None:
        values = {STATE: frame.state, ACTION: frame.action, "next.reward": (frame.reward,), "timestamp": (timestamp,)}
        for key, vector in values.items():
            if vector:
                self._vectors[key].add(vector)

    def _screen(self, episode: Path, frame: Frame) -> dict[str, Any]:
        data, histogram = self._images.sized(episode, frame.picture)
        self._pixels.add(histogram)
        return {"bytes": data, "path": None}

    def _append(self, rows: list[dict[str, Any]]) -> None:
        self._file.write_table(self._arrow.Table.from_pylist(rows, schema=self._schema()))

    def _next_file(self) -> None:
        """Open a file for an episode: the current one, unless it is large enough."""
        if self._file is not None and self._path().stat().st_size >= DATA_FILE_MB * 1_024 * 1_024:
            self._file.close()
            self._file, self._number = None, self._number + 1
        if self._file is None:
            self._path().parent.mkdir(parents=True, exist_ok=True)
            self._file = self._parquet.ParquetWriter(self._path(), self._schema())

    def _path(self) -> Path:
        chunk, file = divmod(self._number, FILES_PER_CHUNK)
        return self._target / DATA_PATH.format(chunk_index=chunk, file_index=file)

    def _schema(self) -> Any:
        arrow = self._arrow
        types = {"float32": arrow.float32(), "int64": arrow.int64(), "bool": arrow.bool_(), "string": arrow.string()}
        fields = {name: types[kind] for name, kind in SCALARS.items()}
        for name, dimensions in ((ACTION, self.layout.actions), (STATE, self.layout.state)):
            if dimensions:
                size = len(dimensions)
                fields = {name: arrow.float32() if size == 1 else arrow.list_(arrow.float32(), size), **fields}
        if self.layout.has_pictures:
            fields[SCREEN] = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
        return arrow.schema(list(fields.items()))

    def _task_table(self) -> Any:
        """The tasks as pandas reads them: the texts are the index."""
        table = self._arrow.table({"task_index": list(self._tasks.values()), INDEX: list(self._tasks)})
        columns = [
            {"name": None, "field_name": INDEX, "pandas_type": "unicode", "numpy_type": "object", "metadata": None},
            {"name": "task_index", "field_name": "task_index", "pandas_type": "int64", "numpy_type": "int64",
             "metadata": None},
        ]  # fmt: skip
        described = {"index_columns": [INDEX], "column_indexes": [], "columns": columns, "pandas_version": "2.0.0"}
        return table.replace_schema_metadata({"pandas": json.dumps(described)})

    def _info(self) -> dict[str, Any]:
        return {
            "codebase_version": VERSION,
            "robot_type": "timmy_actors",
            "total_episodes": len(self._episodes),
            "total_frames": self._frames,
            "total_tasks": len(self._tasks),
            "chunks_size": FILES_PER_CHUNK,
            "data_files_size_in_mb": DATA_FILE_MB,
            "video_files_size_in_mb": VIDEO_FILE_MB,
            "fps": self._rate_hz,
            "splits": {"train": f"0:{len(self._episodes)}"},
            "data_path": DATA_PATH,
            "video_path": None,
            "features": dict(self._features()),
        }

    def _features(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, dimensions in ((STATE, self.layout.state), (ACTION, self.layout.actions)):
            if dimensions:
                yield name, {"dtype": "float32", "shape": [len(dimensions)], "names": list(dimensions)}
        if self.layout.has_pictures:
            width, height = self._images.size or (0, 0)
            names = ["height", "width", "channels"]
            yield SCREEN, {"dtype": "image", "shape": [height, width, 3], "names": names}
        for name, kind in SCALARS.items():
            yield name, {"dtype": kind, "shape": [1], "names": None}


def _vector(values: Sequence[float]) -> Sequence[float] | float:
    """A column of one dimension has numbers, not lists."""
    return values[0] if len(values) == 1 else values


def _pyarrow(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError("LeRobot's format needs pyarrow: pip install 'timmy_actors[lerobot]'") from error
