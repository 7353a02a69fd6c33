"""Runs a policy in a thread of its own, so that the beat's actor never waits for a decision."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import NamedTuple

from timmy_actors.heartbeat.proposal import Policy, Proposal, Question
from timmy_actors.portals import Caller

log = logging.getLogger(__name__)

CLOSE_WITHIN_S = 2.0
MAX_REASON = 500


class _Asked(NamedTuple):
    question: Question
    caller: Caller
    done: Callable[[Proposal], object]


class Thinker:
    """Asks a policy one question at a time; a question waits until the one before it is answered or cancelled."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        self._caller = Caller()
        self._thread = threading.Thread(target=self._run, name="heartbeat policy", daemon=True)
        self._thread.start()

    def ask(self, question: Question, done: Callable[[Proposal], object]) -> None:
        """Have the policy decide; `done` is called in the policy's thread."""
        self._caller = Caller()
        self._asked.put(_Asked(question, self._caller, done))

    def cancel(self) -> None:
        """The last question needs no answer any more."""
        self._caller.leave()

    def dismiss(self) -> None:
        """Cancel, and have the thread end by itself, without waiting for it."""
        self.cancel()
        self._asked.put(None)

    def close(self) -> None:
        """Cancel, and end the thread; one whose policy does not return is left behind, and has no effect any more."""
        self.dismiss()
        self._thread.join(CLOSE_WITHIN_S)
        if self._thread.is_alive():
            log.warning("the policy does not return from its last decision: its thread is left behind")

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            if not asked.caller.gone:
                asked.done(self._decide(asked))
        try:
            self._policy.close()
        except Exception:
            log.exception("the policy could not be closed")

    def _decide(self, asked: _Asked) -> Proposal:
        try:
            proposal = self._policy.decide(asked.question, asked.caller)
        except Exception as error:
            if not asked.caller.gone:
                log.exception("the policy failed")
            return Proposal(problem=f"{type(error).__name__}: {error}"[:MAX_REASON])
        if not isinstance(proposal, Proposal):
            return Proposal(problem=f"the policy returned {type(proposal).__name__}, not a Proposal")
        return proposal
