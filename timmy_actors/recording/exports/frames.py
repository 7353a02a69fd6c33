"""Beats as vectors of fixed length, for formats that know no calls and no texts. Reads episodes, writes nothing.

Such formats take each frame as what the one before has led to. So a run of frames ends wherever that is not known:
where a record is lost, a beat saw or decided nothing, or the world was restored or is another one.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.records import BeatRecord, Decision, EpisodeOutcome, Picture
from timmy_actors.recording.summary import read_beats, read_end
from timmy_actors.recording.verify import picture_file

EX_DATAERR, EX_NOINPUT = 65, 66
STATE: dict[str, tuple[str, ...]] = {
    **{name: ("position", name) for name in ("x", "y", "z", "pitch", "yaw")},
    **{name: ("stats", name, "current") for name in ("health", "magicka", "fatigue")},
}
"""The state's dimensions, and where they are in an observation."""
MOST_DIMENSIONS = 1_024
MOST_TEXTS, LONGEST_TEXT = 32, 64
"""An argument with more or longer texts is free text: it has no dimension."""
LARGEST = 3e38
"""The numbers of a float32."""


@dataclass(frozen=True)
class Layout:
    """What the vectors of a set of episodes consist of: the same for each frame."""

    state: tuple[str, ...]
    """Names of `STATE`: those that the first observation has."""
    actions: tuple[str, ...]
    """A tool's name: how often it was called. `TOOL.ARGUMENT`: a number. `TOOL.ARGUMENT=TEXT`: 1 where it is so."""
    has_pictures: bool
    rate_hz: float
    """Of the beats: the median."""


@dataclass(frozen=True)
class Frame:
    """One beat."""

    beat: int
    state: tuple[float, ...]
    action: tuple[float, ...]
    decision: Decision
    picture: Picture | None
    reward: float
    """By how much its action raised the score."""
    monotonic_s: float
    """When the beat began, on the machine's monotonic clock."""


@dataclass(frozen=True)
class Run:
    """Frames of an episode, each of which follows from the one before."""

    episode: Path
    frames: list[Frame]
    outcome: EpisodeOutcome | None
    """Of the episode, where its last beat is the run's last; None: the run breaks off."""

    @property
    def is_terminal(self) -> bool:
        """Whether the task ended with the last frame."""
        return self.outcome in ("success", "failure")


def survey(episodes: Sequence[Path]) -> Layout:
    """Choose the vectors' dimensions.

    Raises:
        EpisodesUnusableError: no beat has a decision on an observation, or the actions have too many dimensions.
    """
    state: tuple[str, ...] | None = None
    actions, periods, has_pictures = _Actions(), list[float](), False
    for episode in episodes:
        before: BeatRecord | None = None
        for beat in read_beats(episode):
            if beat.decision is None or not beat.observation:
                continue
            if state is None:
                state = tuple(name for name, path in STATE.items() if _find(beat.observation, path) is not None)
            has_pictures = has_pictures or beat.picture is not None
            actions.add(beat.decision)
            if before is not None and _follows(before, beat):
                periods.append(beat.monotonic_s - before.monotonic_s)
            before = beat
    if state is None:
        raise EpisodesUnusableError("no beat has both an observation and a decision: export others", EX_NOINPUT)
    return Layout(state, actions.names(), has_pictures, 1.0 / statistics.median(periods) if periods else 1.0)


class _Actions:
    """Collects the dimensions of decisions."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._texts: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, decision: Decision) -> None:
        for name, value in _values(decision):
            if isinstance(value, float):
                self._names.add(name)
            elif len(self._texts[name]) <= MOST_TEXTS:
                self._texts[name].add(value)

    def names(self) -> tuple[str, ...]:
        choices = {f"{name}={text}" for name, texts in self._texts.items() if _are_choices(texts) for text in texts}
        names = tuple(sorted(self._names | choices))
        if not names:
            raise EpisodesUnusableError("no decision calls a tool: export others", EX_NOINPUT)
        if len(names) > MOST_DIMENSIONS:
            reason = f"the actions have {len(names)} dimensions, over {MOST_DIMENSIONS}: export fewer episodes at once"
            raise EpisodesUnusableError(reason, EX_DATAERR)
        return names


def _are_choices(texts: set[str]) -> bool:
    return len(texts) <= MOST_TEXTS and all(len(text) <= LONGEST_TEXT for text in texts)


def read_runs(episodes: Iterable[Path], layout: Layout) -> Iterator[Run]:
    """The runs of beats that have what the layout has; any other beat ends a run."""
    frame_of = _Framer(layout).frame
    for episode in episodes:
        frames: list[Frame] = []
        before: BeatRecord | None = None
        for beat in read_beats(episode):
            after = before if before is not None and _follows(before, beat) else None
            frame = frame_of(episode, beat, after)
            if frames and (frame is None or after is None):
                yield Run(episode, frames, None)
                frames = []
            if frame is not None:
                frames.append(frame)
            before = None if frame is None else beat
        if frames:
            yield Run(episode, frames, read_end(episode) if before is not None else None)


class _Framer:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._positions = {name: number for number, name in enumerate(layout.actions)}

    def frame(self, episode: Path, beat: BeatRecord, after: BeatRecord | None) -> Frame | None:
        """A beat as a frame; None: it lacks something. `after`: the beat that it follows from."""
        if beat.decision is None or (self._layout.has_pictures and picture_file(episode, beat.picture) is None):
            return None
        state = [value for name in self._layout.state if (value := _find(beat.observation, STATE[name])) is not None]
        if not beat.observation or len(state) < len(self._layout.state):
            return None
        action = self._action(beat.decision)
        return Frame(
            beat.beat, tuple(state), action, beat.decision, beat.picture, _reward(beat, after), beat.monotonic_s
        )

    def _action(self, decision: Decision) -> tuple[float, ...]:
        action = [0.0] * len(self._positions)
        called = {call.name for call in decision.calls}
        for name, value in _values(decision):
            if isinstance(value, str):
                name, value = f"{name}={value}", 1.0  # noqa: PLW2901
            if (position := self._positions.get(name)) is not None:
                action[position] = action[position] + value if name in called else value
        return tuple(action)


def _follows(before: BeatRecord, beat: BeatRecord) -> bool:
    """Whether what a beat saw is what the one before has led to."""
    same_world = (beat.generation, beat.boot) == (before.generation, before.boot)
    return same_world and beat.beat == before.beat + 1 and beat.monotonic_s > before.monotonic_s


def _reward(beat: BeatRecord, after: BeatRecord | None) -> float:
    if beat.score is None or (after is None and beat.beat > 1):  # the score before is not known
        return 0.0
    return beat.score - ((after.score or 0.0) if after is not None else 0.0)


def _values(decision: Decision) -> Iterator[tuple[str, float | str]]:
    """Each call as 1 under its tool's name, and its arguments under theirs."""
    for call in decision.calls:
        yield call.name, 1.0
        yield from _flat(call.name, call.arguments)


def _flat(name: str, value: Any) -> Iterator[tuple[str, float | str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    elif isinstance(value, str):
        yield name, value
    elif (number := _number(value)) is not None:
        yield name, number


def _find(observation: dict[str, Any], path: tuple[str, ...]) -> float | None:
    value: Any = observation
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return _number(value)


def _number(value: Any) -> float | None:
    """A number that a float32 can hold; a record may have been edited by hand."""
    if not isinstance(value, int | float) or not -LARGEST < value < LARGEST:
        return None
    return float(value)
