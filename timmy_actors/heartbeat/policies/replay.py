"""The policy of an episode: decides again what was decided then."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.heartbeat.beat import PLANNED
from timmy_actors.heartbeat.proposal import Proposal, Question, ToolCall
from timmy_actors.portals import Caller
from timmy_actors.recording import BeatRecord, Decision, read_episode


class ReplayPolicy:
    """Plays the decisions of an episode, one each time it is asked, whatever is perceived.

    Raises:
        EpisodesUnusableError: there is no such episode.
    """

    is_slow = False

    def __init__(self, episode: Path) -> None:
        records = read_episode(episode).beats
        self._decided = [(record.beat, decision) for record in records if (decision := _decided(record)) is not None]
        self._next: int | None = None
        """Counted, as the steps of a plan take beats in which nothing is asked; None: nothing was asked yet."""

    def decide(self, question: Question, caller: Caller) -> Proposal:  # noqa: ARG002  it is never slow
        """The next decision; the first one is that of this beat, so that a resumed episode goes on there."""
        if self._next is None:
            self._next = sum(beat < question.beat for beat, _ in self._decided)
        if self._next >= len(self._decided):
            return Proposal(over="the episode is replayed")
        _, decision = self._decided[self._next]
        self._next += 1
        return Proposal(decision.text, tuple(ToolCall(call.name, call.arguments) for call in decision.calls))

    def close(self) -> None:
        """Do nothing."""


def _decided(record: BeatRecord) -> Decision | None:
    """The decision of a beat; None: the beat had none, or followed a plan, which its own decision begins again."""
    decision = record.decision
    return None if decision is None or decision.by == PLANNED else decision
