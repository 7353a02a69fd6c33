"""One try at a task, on a world in lockstep."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from timmy_actors.embedded import Turns
from timmy_actors.errors import ConfigError, RefusedError, WorldGoneError
from timmy_actors.worlds.lockstep import LockstepGame, Taken, observe_message
from timmy_actors.worlds.tasks.goals import Sections
from timmy_actors.worlds.tasks.task import Task

Ending = Literal["", "success", "failure", "time"]
START_WITHIN_S = 30.0
"""Game time that a command of a task's start may take."""
PATIENCE_S = 60.0
"""The deadline of the agent's commands, in game time: a movement past it would stop."""


@dataclass(frozen=True)
class State:
    """What an episode has come to."""

    sections: Sections
    progress: tuple[float, ...]
    """Of each condition of success."""
    game_ms: int
    """Game time since the start."""
    ending: Ending = ""
    """Why the episode has ended; empty: it goes on."""
    refused: str = ""
    """The code with which the last action was refused, or an earlier one that ended now."""

    @property
    def score(self) -> float:
        """The mean progress, from 0 to 1."""
        return sum(self.progress) / len(self.progress)

    def facts(self, lost: str) -> dict[str, Any]:
        """What environments report beside an observation; `lost`: why the world was lost, or empty."""
        return {
            "score": self.score,
            "ending": self.ending,
            "game_ms": self.game_ms,
            "refused": self.refused,
            "lost": lost,
        }


class Episode:
    """Plays a task.

    Raises:
        WorldGoneError: from every call: the world has ended, or the player has left it.
    """

    def __init__(self, task: Task, world: Turns) -> None:
        self.task = task
        self._game = LockstepGame(world, task.player)
        self._observe = observe_message(task.player, task.sections)
        self._arguments = [action.wired(task.player) for action in task.actions]
        self._start: Sections = {}
        self._started_ms = 0
        self._acts = 0

    def start(self) -> State:
        """Bring the world, which must be new, to the task's start.

        Raises:
            ConfigError: a command of the task's start is refused.
        """
        with suppress(RefusedError):  # `restart` says why
            self._game.command("stop_moving", timeout_s=START_WITHIN_S)  # the player wanders by itself no longer
        for number, command in enumerate(self.task.start):
            try:
                done = self._game.command(command.command, timeout_s=START_WITHIN_S, **command.arguments)
                self._game.snapshot(after=done.revision, timeout_s=START_WITHIN_S)
            except RefusedError as refused:
                raise ConfigError(f"task {self.task.id}: start.{number}: {refused.message}") from refused
        self._acts = 0
        return self.restart()

    def restart(self) -> State:
        """Begin the episode's time here and now."""
        taken = self._game.take(0, observe=self._observe)
        if taken.perception is None or taken.perception["type"] == "error":
            raise ConfigError(f"task {self.task.id}: player: no player {self.task.player!r} is in the world")
        self._started_ms, self._start = taken.game_ms, self._sections(taken.perception)
        return self._state(self._start, "")

    def act(self, *actions: int) -> State:
        """Take a step: the actions at these positions of the task's list, in order, and `step_ms` of game time."""
        refused = [self.send(action) for action in actions[:-1]]
        message = self._message(actions[-1]) if actions else None
        taken = self._game.take(self.task.step_ms, message, self._observe)
        refused.append(_refusal(taken))
        return self._state(self._sections(taken.perception), next(filter(None, refused), ""))

    def send(self, action: int) -> str:
        """Begin an action without any time passing; where several players share a world. Returns its refusal's code, or
        an empty text."""
        answers = self._game.take(0, self._message(action)).answers
        own = (answer["error"]["code"] for answer in answers if "error" in answer and answer.get("id") == self._id())
        return next(own, "")

    def wait(self, ms: int) -> str:
        """Let game time pass. Returns the code of a refusal that ended an earlier action, or an empty text."""
        return _refusal(self._game.take(ms))

    def look(self, refused: str = "") -> State:
        """What the episode has come to by now; `refused` is passed on."""
        return self._state(self._sections(self._game.take(0, observe=self._observe).perception), refused)

    def _id(self) -> str:
        return f"{self.task.player}-{self._acts}"

    def _message(self, action: int) -> str | None:
        chosen = self.task.actions[action]
        if chosen.command is None:
            return None
        self._acts += 1
        deadline = self._game.game_ms + int(PATIENCE_S * 1000)
        message = {"type": "command", "id": self._id(), "name": chosen.command}
        return json.dumps({**message, "arguments": self._arguments[action], "deadline": deadline})

    def _sections(self, perception: dict[str, Any] | None) -> Sections:
        if perception is None or perception["type"] == "error":
            raise WorldGoneError(f"the player {self.task.player!r} has left the world")
        sections: Sections = perception["sections"]
        return sections

    def _state(self, sections: Sections, refused: str) -> State:
        passed = self._game.game_ms - self._started_ms
        progress = tuple(condition.progress(sections, self._start) for condition in self.task.success)
        return State(sections, progress, passed, self._ending(sections, progress, passed), refused)

    def _ending(self, sections: Sections, progress: tuple[float, ...], passed_ms: int) -> Ending:
        if any(condition.progress(sections, self._start) >= 1 for condition in self.task.failure):
            return "failure"
        if all(part >= 1 for part in progress):
            return "success"
        return "time" if passed_ms >= self.task.time_limit_s * 1000 else ""


def _refusal(taken: Taken) -> str:
    return next((str(answer["error"]["code"]) for answer in taken.answers if "error" in answer), "")
