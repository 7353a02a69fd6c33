"""After a crash: the last record, and the journal's verdict on what the beat after it was doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from timmy_actors.heartbeat.effects import Intention
from timmy_actors.heartbeat.state_file import State
from timmy_actors.heartbeat.tools import EXECUTE
from timmy_actors.journal import Reader
from timmy_actors.protocol import JournalEntry
from timmy_actors.recording import BeatCall, BeatOutcome, BeatRecord, CallError, CallOutcome

RECALLED = 20
"""The last beats that the memory gets back."""
ENDED = "the daemon ended during this beat"
Find = Callable[[str], JournalEntry | None]


@dataclass(frozen=True)
class Resumption:
    """Where an episode goes on."""

    next_beat: int
    recovered: BeatRecord | None
    """The beat that was under way, with what became of its calls; None: all beats are recorded."""
    lines: tuple[str, ...]
    """The last beats, for the memory."""
    settled: bool = True
    """False: a command is still under way; ask again."""
    lost: int = 0
    """How many beats before the recovered one have no record: the disk was full, or too slow."""


def resume(state: State, beats: list[BeatRecord], find: Find | None, now: datetime) -> Resumption:
    """Decide where to go on, from the last `RECALLED` beats. Pure.

    Args:
        find: looks a command up in the journal, by its id; None: there is no journal.
    """
    last = beats[-1].beat if beats else 0
    lines = [_line(record) for record in beats]
    intention = state.intention
    if intention is None or intention.beat <= last:
        return Resumption(last + 1, None, tuple(lines))
    outcomes = list(_outcomes(intention, find))
    record = BeatRecord(
        beat=intention.beat,
        phase=state.phase,
        time=now,
        decision=intention.decision,
        override=intention.override,
        results=tuple(outcome for outcome, _ in outcomes),
        outcome=_outcome([outcome for outcome, _ in outcomes]),
        reason=ENDED,
    )
    settled = all(is_settled for _, is_settled in outcomes)
    lost = intention.beat - last - 1
    return Resumption(intention.beat + 1, record, (*lines, _line(record)), settled, lost)


def journal_lookup(journal: Path) -> Find:
    """Looks commands up in the journal.

    Raises:
        JournalUnusableError: from a look-up: the journal cannot be read.
    """

    def find(command_id: str) -> JournalEntry | None:
        with Reader(journal) as reader:
            return next(iter(reader.named(command_id)), None)

    return find


def _outcomes(intention: Intention, find: Find | None) -> Iterator[tuple[CallOutcome, bool]]:
    """What became of each call, and whether that is final."""
    lost = False
    for call in intention.decision.calls:
        if lost or call.command_id is None:
            yield _failed(call, "not_started", "an earlier call failed" if lost else ENDED), True
            continue
        if find is None or call.name == EXECUTE:
            outcome, is_final = _failed(call, "in_doubt", f"{ENDED}; whether it was done was not stored"), True
        else:
            entry = find(call.command_id)
            outcome, is_final = _verdict(call, entry), entry is None or entry.settled
        lost = outcome.error is not None
        yield outcome, is_final


def _verdict(call: BeatCall, entry: JournalEntry | None) -> CallOutcome:
    if entry is None:  # what is not in the journal was never sent
        return _failed(call, "not_started", ENDED)
    if not entry.settled:
        return _failed(call, "in_doubt", f"{ENDED}, and the game has not answered yet")
    if entry.error is not None:
        return _failed(call, entry.error.code, entry.error.message, entry.error.field)
    return CallOutcome(call_id=call.id, value=entry.value)


def _failed(call: BeatCall, code: str, message: str, field: str | None = None) -> CallOutcome:
    return CallOutcome(call_id=call.id, error=CallError(code=code, message=message, field=field))


def _outcome(results: list[CallOutcome]) -> BeatOutcome:
    errors = [result.error.code for result in results if result.error is not None]
    if "in_doubt" in errors:
        return "in_doubt"
    return "failed" if errors else "acted"


def _line(record: BeatRecord) -> str:
    calls = () if record.decision is None else record.decision.calls
    did = "; ".join(f"{call.name} {call.arguments}" for call in calls) or "nothing"
    return f"beat {record.beat}: {did} -> {record.outcome}{f' ({record.reason})' if record.reason else ''}"
