"""The messages of OpenEnv's wire (openenv 0.10), with this project's observations and actions."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import Field, create_model

from timmy_actors.embedded import MAX_SEED
from timmy_actors.protocol import Model, StrictModel
from timmy_actors.worlds import Task

ErrorCode = Literal[
    "INVALID_JSON", "UNKNOWN_TYPE", "VALIDATION_ERROR", "EXECUTION_ERROR", "CAPACITY_REACHED", "SESSION_ERROR"
]
EpisodeId = Annotated[str, Field(max_length=255)]


class ResetData(Model):
    """How to begin an episode. Unknown fields are ignored, as OpenEnv's own server does."""

    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] | None = None
    """The world's seed; None: a random one."""
    episode_id: EpisodeId | None = None


class StepBody(Model):
    """The body of `POST /step`."""

    action: dict[str, Any]


class TaskAction(StrictModel):
    """The base of a task's actions."""

    action: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    """OpenEnv's own actions have it; it is ignored."""


class Outcome(Model):
    """What an observation says beside the player's perception."""

    truncated: bool = False
    """Whether the episode ended without success or failure: by the time limit, or because its world was lost."""
    reason: str = ""
    """Why the episode has ended: `success`, `failure`, `time`, or how its world was lost. Empty: it goes on."""
    score: float
    """From 0 to 1."""
    game_ms: int
    """The game time since the start."""
    refused: str = ""
    """The code with which the last action was refused, or empty."""


class TaskObservation(Model):
    """What the player perceives, and what has come of the episode."""

    done: bool
    reward: float | None
    """The change of the score; None after a reset."""
    metadata: Outcome
    goal: str
    """What to do, in words."""
    text: str
    """What the player perceives, in words."""
    actions: tuple[str, ...]
    """The actions that are possible now, as far as the server can tell without their arguments."""
    sections: dict[str, Any]
    """The sections of the perception that the task reads."""

    def wire(self) -> dict[str, Any]:
        """As OpenEnv sends it: the metadata stands both beside and inside the observation."""
        observation = self.model_dump(mode="json", exclude={"done", "reward"})
        facts = {"reward": self.reward, "done": self.done, "metadata": observation["metadata"]}
        return {"observation": observation, **facts}


class TaskState(Model):
    """The state of a session."""

    episode_id: str | None = None
    step_count: int = 0
    task: str
    seed: int | None = None
    outcome: Outcome | None = None


def action_model(task: Task) -> type[TaskAction]:
    """The model of a task's actions: `action` is the id of one."""
    ids = tuple(action.id for action in task.actions)
    return create_model(
        f"{task.name}Action",
        __base__=TaskAction,
        __doc__=task.goal,
        action=(cast(Any, Literal[ids]), Field(description="The id of the action to take.")),
    )
