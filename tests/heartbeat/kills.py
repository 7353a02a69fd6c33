"""A run of beats during which the daemon is killed: what the world, the journal and the episode say must agree."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.chaos.callers import GOLD
from tests.chaos.stage import Stage
from tests.waiting import eventually
from timmy_actors.client import connect
from timmy_actors.errors import TimmyError
from timmy_actors.recording import Episode, read_episode, verify_episode

WITHIN_S = 240.0
BEAT = re.compile(rb'"kind":"beat","beat":(\d+)')
TAIL_BYTES = 65_536
"""More than two records."""


def playing(folder: Path, beats: int, rate_hz: float) -> Stage:
    """A stage whose daemon plays a script: beat n gives the player n gold, so that the ledger tells them apart."""
    script = [{"calls": [{"tool": "give_item", "arguments": {"item": GOLD, "count": n}}]} for n in range(1, beats + 1)]
    (folder / "script.yaml").write_text(yaml.safe_dump(script))
    return Stage(
        folder,
        f'[recording]\nfolder = "{folder / "episodes"}"\n'
        f"[heartbeat]\nenabled = true\nbegins = false\nrate_hz = {rate_hz}\nrepeats = 1000\n"
        'policy = "scripted"\ncommands = ["give_item"]\n'
        f'[heartbeat.scripted]\nfile = "{folder / "script.yaml"}"\n',
    )


def folder(stage: Stage) -> Path:
    """Where the episodes are."""
    return stage.folder / "episodes"


def episode(stage: Stage) -> Episode:
    """The only episode, as far as it can be read."""
    (path,) = (file.parent for file in folder(stage).glob("*/beats.jsonl"))
    return read_episode(path)


def start(stage: Stage) -> None:
    """Begin the episode, once; a killed daemon resumes it, but begins no other."""

    def look() -> bool:
        try:
            with connect(stage.daemon.endpoint) as daemon:
                return daemon.heartbeat("start").episode is not None
        except TimmyError:
            return False

    eventually(look, WITHIN_S)


def kill_at_random(stage: Stage, beats: int, kills: int, seed: int) -> None:
    """Kill the daemon at random instants, until the script is played; after each kill it goes on by itself."""
    start(stage)
    chance = random.Random(seed)
    for mark in sorted(chance.sample(range(1, beats), kills)):
        reach(stage, mark)
        stage.daemon.kill()
    played(stage)


def reach(stage: Stage, beat: int) -> None:
    """Wait until this beat is recorded, as long as there are new ones."""
    while (last := last_beat(stage)) < beat:
        _more(stage, last)


def played(stage: Stage) -> None:
    """Wait until the script is played, as long as there are new beats."""
    while not has_ended(stage):
        _more(stage, last_beat(stage))


def has_ended(stage: Stage) -> bool:
    """Whether the episode is closed."""
    return b'"kind":"end"' in tail(stage)


def _more(stage: Stage, last: int) -> None:
    """Wait for a beat after this one, or the end."""
    try:
        eventually(lambda: last_beat(stage) > last or has_ended(stage), WITHIN_S)
    except AssertionError as error:
        code, log = stage.daemon.process.poll(), stage.daemon.log.read_text()[-5_000:]
        error.add_note(f"beat {last} is the last one; the daemon's exit code is {code}\n{log}")
        raise


def last_beat(stage: Stage) -> int:
    """The number of the last recorded beat."""
    return max((int(number) for number in BEAT.findall(tail(stage))), default=0)


def tail(stage: Stage) -> bytes:
    """The end of the episode's file."""
    for path in folder(stage).glob("*/beats.jsonl"):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return file.read()
    return b""


def complaints(stage: Stage, beats: int, *, disk_was_full: bool = False) -> Iterator[str]:
    """Whatever does not fit, a line each."""
    run, ledger = episode(stage), gifts(stage)
    numbers = [record.beat for record in run.beats]
    missing = sorted(set(range(1, beats + 1)) - set(numbers))
    if numbers != sorted(set(numbers)) or len(missing) != sum(gap.dropped for gap in run.gaps):
        yield f"beats are missing or repeated: {numbers}, gaps: {run.gaps}"
    allowed = {None, "not_started", *(("unavailable",) if disk_was_full else ())}
    for record in run.beats:
        times, (result,) = ledger[record.beat], record.results
        code = None if result.error is None else result.error.code
        if code not in allowed or times != (1 if record.outcome == "acted" else 0):
            yield f"beat {record.beat}: {record.outcome} ({code}: {record.reason}), {times} times in the ledger"
    for number, times in ledger.items():
        if times > 1:
            yield f"beat {number}: done {times} times"
    yield from map(str, verify_episode(run.folder))


def gifts(stage: Stage) -> Counter[int]:
    """How often each gift reached the player; a gift is named by how much it gave."""
    lines = stage.world.ledger.read_text().splitlines() if stage.world.ledger.exists() else []
    return Counter(int(line.rsplit("\t", 1)[1]) for line in lines)
