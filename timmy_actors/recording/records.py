"""What an episode consists of: a head, a record per beat, gaps, and an end, each one line of JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from timmy_actors.protocol import Count, Model

FORMAT: Final = 1
"""The version of this format, in each episode's head."""

Phase = Literal["autonomous", "paused", "correcting"]
"""`correcting`: a person has taken over, and the policy's choice is kept beside the person's."""
BeatOutcome = Literal["acted", "waited", "skipped", "refused", "failed", "in_doubt"]
"""`waited`: the decision was to do nothing. `skipped`: no decision (`reason` says why). `in_doubt`: the effect of a
call is unknown."""
EpisodeOutcome = Literal["success", "failure", "stopped", "budget", "failed"]
"""`success`, `failure`: of the task. `stopped`: on request. `budget`: tokens, cost or beats ran out. `failed`: an error
ended it."""
Role = Literal["system", "user", "assistant", "tool"]
Seconds = Annotated[float, Field(ge=0)]


class Picture(Model):
    """A picture of the episode."""

    path: Annotated[str, Field(min_length=1, max_length=256)]
    """Relative to the episode's folder, with forward slashes."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    width: Count | None = None
    height: Count | None = None


class PromptMessage(Model):
    """A message of the prompt. The beat's picture belongs to the last message of the role `user`."""

    role: Role
    text: str


class BeatCall(Model):
    """A tool call that was decided."""

    id: Annotated[str, Field(min_length=1, max_length=128)]
    """Unique within the beat; the result with this `call_id` belongs to it."""
    name: Annotated[str, Field(min_length=1, max_length=128)]
    """The tool: a command of the bridge, or a tool of an MCP server."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    command_id: str | None = None
    """The command's id in the daemon's journal; None for a tool of an MCP server."""


class Decision(Model):
    """What a policy or a person chose: a text, tool calls, or both."""

    text: str = ""
    calls: tuple[BeatCall, ...] = ()
    by: str = ""
    """The policy's name, or `human`."""


class CallError(Model):
    """Why a call failed: a code, a message, and the invalid field."""

    code: str
    message: str
    field: str | None = None


class CallOutcome(Model):
    """The result of a tool call: `value` if it was executed, else `error`."""

    call_id: str
    value: Any = None
    error: CallError | None = None

    @property
    def ok(self) -> bool:
        """Whether the call was executed."""
        return self.error is None


class Override(Model):
    """A decision that a person replaced, and what the person chose."""

    policy: Decision
    human: Decision


class Latencies(Model):
    """How long each phase of the beat took, in seconds of the monotonic clock; None: the phase did not run."""

    perceive_s: Seconds | None = None
    decide_s: Seconds | None = None
    act_s: Seconds | None = None


class Usage(Model):
    """What the decision used at the model's endpoint."""

    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    cost: Annotated[float, Field(ge=0)] = 0.0
    """In the currency of the configured prices."""


class BeatRecord(Model):
    """One beat: what was perceived, decided and done."""

    kind: Literal["beat"] = "beat"
    beat: Count
    """Its number in the episode, from 1, without gaps but those of a gap record."""
    phase: Phase = "autonomous"
    time: datetime
    """When the beat began, UTC. It may step; durations are in `latencies`."""
    monotonic_s: float = 0.0
    """When the beat began, on the monotonic clock of the machine."""
    latencies: Latencies = Latencies()
    game_ms: Count | None = None
    """The game's time when it was perceived, in ms."""
    epoch: Count | None = None
    """The connection incarnation that the observation came through."""
    boot: str | None = None
    """The game server process that the observation came from."""
    generation: Count = 0
    """How often the world had been restored to an earlier state."""
    state: str | None = None
    """The saved state of the world that this beat started from: beats that share it are alternatives."""
    observation: dict[str, Any] = Field(default_factory=dict)
    observation_hash: str = ""
    """See `hash_observation`."""
    prompt: tuple[PromptMessage, ...] = ()
    decision: Decision | None = None
    """What was executed: the person's choice, where there is an override. None: nothing was decided."""
    results: tuple[CallOutcome, ...] = ()
    outcome: BeatOutcome
    reason: str | None = None
    """Why the beat was skipped, refused or failed."""
    score: float | None = None
    """The task's score after the beat."""
    picture: Picture | None = None
    override: Override | None = None
    usage: Usage | None = None


class EpisodeHead(Model):
    """The first line of an episode, and a line at each resumption."""

    kind: Literal["episode"] = "episode"
    format: Literal[1] = FORMAT
    id: str
    time: datetime
    resumed: bool = False
    """Whether this continues an episode whose process had ended."""
    meta: dict[str, Any] = Field(default_factory=dict)
    """What the recorder says of it: world, portal, policy, model, goal, tools, version."""


class Gap(Model):
    """Records that could not be stored."""

    kind: Literal["gap"] = "gap"
    dropped: Annotated[int, Field(ge=1)]
    """How many."""
    code: str
    message: str


class EpisodeEnd(Model):
    """The last line of an episode that was closed."""

    kind: Literal["end"] = "end"
    time: datetime
    outcome: EpisodeOutcome
    reason: str | None = None
    beats: Count
    """The number of records stored."""


Line = EpisodeHead | BeatRecord | Gap | EpisodeEnd
LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])


def hash_observation(observation: dict[str, Any]) -> str:
    """The SHA-256 of an observation's canonical JSON (sorted keys, no spaces), in hexadecimal."""
    text = json.dumps(observation, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
