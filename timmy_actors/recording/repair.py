"""Repairs an episode: everything that can be read is kept, in a new file beside the old one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.lines import seal
from timmy_actors.recording.reader import read_lines
from timmy_actors.recording.records import BeatRecord, EpisodeEnd, EpisodeHead, Gap, Line, hash_observation
from timmy_actors.recording.store import BEATS, lock_folder
from timmy_actors.recording.verify import Finding, verify_episode

BEFORE = f"{BEATS}.before-repair"


@dataclass(frozen=True)
class Repair:
    """What a repair did."""

    findings: tuple[Finding, ...]
    """What was wrong."""
    before: Path | None
    """The file as it was; None: nothing was wrong, and nothing was changed."""


def repair_episode(episode: Path) -> Repair:
    """Make an episode pass `verify_episode`. Damaged lines become gaps; pictures that are missing leave their records.

    Raises:
        EpisodesUnusableError: it cannot be read or written, or a process records into its folder.
    """
    lock = lock_folder(episode.parent)
    try:
        findings = tuple(verify_episode(episode))
        if not findings:
            return Repair((), None)
        before = _free_name(episode)
        new = episode / f".{BEATS}.new"
        _write(new, _repaired(episode, {(one.line, one.code) for one in findings}))
        before.hardlink_to(episode / BEATS)  # not renamed: a kill in between would leave no episode
        new.replace(episode / BEATS)
    except OSError as error:
        reason = f"episode {episode}: cannot be written ({error.strerror}): correct that, and repair it again"
        raise EpisodesUnusableError(reason) from error
    finally:
        lock.release()
    return Repair(findings, before)


def _free_name(episode: Path) -> Path:
    path, number = episode / BEFORE, 1
    while path.exists():
        number += 1
        path = episode / f"{BEFORE}-{number}"
    return path


def _write(path: Path, lines: Iterator[Line]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        for line in lines:
            file.write(seal(line.model_dump_json(exclude_none=True).encode()))


def _repaired(episode: Path, findings: set[tuple[int, str]]) -> Iterator[Line]:
    if (1, "no_head") in findings:
        yield EpisodeHead(id=episode.name, time=datetime.now(UTC))
    beat, missing, end = 0, 0, None
    for entry in read_lines(episode):
        line = entry.line
        if isinstance(line, BeatRecord) and line.beat > beat:
            yield from _gap(max(missing, line.beat - beat - 1))
            yield _mended(line, {code for number, code in findings if number == entry.number})
            beat, missing = line.beat, 0
        elif isinstance(line, EpisodeHead):
            yield line.model_copy(update={"id": episode.name})
        missing += line.dropped if isinstance(line, Gap) else line is None
        end = line if isinstance(line, EpisodeEnd) else end if line is None else None
    if end is not None:
        yield end


def _gap(missing: int) -> Iterator[Gap]:
    if missing:
        yield Gap(dropped=missing, code="damaged", message="records were missing or damaged")


def _mended(record: BeatRecord, wrong: set[str]) -> BeatRecord:
    update: dict[str, object] = {}
    if wrong & {"no_picture", "wrong_picture"}:
        update["picture"] = None
    if "wrong_hash" in wrong:
        update["observation_hash"] = hash_observation(record.observation)
    decision = record.decision
    if "duplicate_call" in wrong and decision is not None:
        calls = tuple({call.id: call for call in reversed(decision.calls)}.values())[::-1]
        update["decision"] = decision = decision.model_copy(update={"calls": calls})
    if "unknown_call" in wrong:
        known = {call.id for call in decision.calls} if decision is not None else set()
        update["results"] = tuple(result for result in record.results if result.call_id in known)
    return record.model_copy(update=update)
