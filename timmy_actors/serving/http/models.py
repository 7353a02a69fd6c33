"""The bodies of requests and responses that only HTTP has."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from timmy_actors.protocol import (
    DEFAULT_TIMEOUT_S,
    PORTAL_TIMEOUT_S,
    Action,
    CommandState,
    Count,
    ErrorInfo,
    JournalEntry,
    LookOptions,
    Model,
    Revision,
    StrictModel,
    Timeout,
)
from timmy_actors.recording import BeatRecord, EpisodeOutcome


def _can_be_sent(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON's grammar or Python's reader lets through and no peer can read."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError, ValueError):
        raise ValueError("must hold no NaN, infinity or lone surrogate, and not be nested too deeply") from None
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_can_be_sent)]


class Described(Model):
    """A model whose fields' docstrings are part of its JSON Schema."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class CommandBody(Described, StrictModel):
    """A command to execute. `GET /v1/commands` lists the commands and their arguments."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "teleport", "arguments": {"player": "Timmy", "to": "Balmora"}}]}
    )

    name: Annotated[str, Field(max_length=256)]
    arguments: JsonObject = Field(default_factory=dict)
    """`player` defaults to the configured one."""
    timeout_s: Timeout = DEFAULT_TIMEOUT_S
    """Seconds after which the command is no longer started."""


class FirstMessage(StrictModel):
    """The first message of a WebSocket whose handshake has no token."""

    token: Annotated[str, Field(max_length=1024)]


class CommandOutcome(Described):
    """An executed command."""

    command_id: str
    value: dict[str, Any] = Field(examples=[{"cell": "-3, -2"}])
    revision: Revision | None = None
    """For `GET /v1/snapshot?after=`: a snapshot that shows the command's effects."""


class CommandAccepted(Described):
    """An accepted command; its status resource has the outcome."""

    command_id: str
    status: str = Field(examples=["/v1/commands/9d0c9a6a"])
    """The path of the status resource."""


class CommandStatus(Described):
    """A command in the journal."""

    command_id: str
    name: str
    arguments: dict[str, Any]
    state: CommandState
    settled: bool
    """Whether the outcome is final."""
    accepted_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    attempts: int = 0
    """How often it was sent."""
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Revision | None = None


class JournalLine(CommandStatus):
    """A command in the journal, with its number."""

    number: Count


class JournalPage(Described):
    """Commands in the order of their acceptance."""

    entries: tuple[JournalLine, ...]
    last: Count
    """The number of the last entry here: give it as `after` for the next page."""


class CommandDescription(Described):
    """A command that can be given."""

    name: str
    description: str
    idempotent: bool
    """Whether executing it twice has the same effect as executing it once."""
    names_player: bool
    """Whether its `player` must be named: it acts against that player."""
    arguments: dict[str, Any]
    """The JSON Schema of its arguments."""
    example: dict[str, Any]


class CommandList(Described):
    """The commands that can be given."""

    commands: tuple[CommandDescription, ...]


class Check(Described):
    """One condition of health."""

    name: str
    ok: bool
    reason: str = ""
    """Why it does not hold."""


class Checks(Described):
    """The conditions of health, and whether all hold."""

    ok: bool
    checks: tuple[Check, ...]


class TreeNode(Described):
    """An actor, with its children if it is a supervisor."""

    name: str
    state: str = Field(examples=["up"])
    generation: int
    """The number of its incarnation."""
    restarts: int
    last_reason: str | None
    """Why its last incarnation ended."""
    mailbox_depth: int
    busy_s: float | None
    """How long it has been handling its current message; null while it is idle."""
    busy_with: str | None
    children: tuple[TreeNode, ...] = ()


class Tree(Described):
    """The supervision tree."""

    timestamp: datetime
    root: TreeNode
    abandoned: int
    """Abandoned hung actors that still hold a thread."""
    dead_letters: int
    """The number of messages that reached no actor."""


class RestartAccepted(Described):
    """An actor is being restarted; `GET /v1/tree` shows its next generation."""

    name: str
    generation: int
    """The generation that ends."""


class PlayerSummary(Described):
    """A player that is perceived, and where it stands."""

    player: str
    timestamp: datetime
    """When its last snapshot was received, UTC."""
    stale: bool
    stale_reason: str | None = None
    cell: str | None = None
    exterior: bool | None = None
    place: str | None = None
    x: float | None = None
    y: float | None = None
    z: float | None = None
    yaw: float | None = None


class PlayerList(Described):
    """The perceived players."""

    configured: str
    """The player of requests that name none."""
    players: tuple[PlayerSummary, ...]


class CaptureBody(Described, LookOptions):
    """The options of a capture."""

    timeout_s: Timeout = PORTAL_TIMEOUT_S


class ExecuteBody(Described, Action):
    """An action in the chosen portal's game: one of the protocol's, or the portal's own name for one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"action": "press_key", "params": {"key": "space"}}]})

    params: JsonObject = Field(default_factory=dict)
    timeout_s: Timeout | None = None
    """Bounds the whole call. None: 15 s plus the action's duration."""


class EpisodeLine(Described):
    """A recorded episode."""

    id: str
    started: datetime | None
    """UTC; null: its head is damaged."""
    beats: Count
    """The number of its last beat."""
    outcome: EpisodeOutcome | None
    """Null: it is being recorded, or its process was killed."""
    bytes: Count
    """Of its records, without pictures."""
    meta: JsonObject


class EpisodeList(Described):
    """The recorded episodes."""

    episodes: tuple[EpisodeLine, ...]


class EpisodePage(Described):
    """Beats of an episode."""

    beats: tuple[BeatRecord, ...]
    last: Count
    """The number of the last beat, for the next page's `after`."""


def status_of(entry: JournalEntry) -> CommandStatus:
    """A journal's entry as a status resource."""
    return CommandStatus(**_facts(entry))


def line_of(number: int, entry: JournalEntry) -> JournalLine:
    """A journal's entry with its number."""
    return JournalLine(number=number, **_facts(entry))


def _facts(entry: JournalEntry) -> dict[str, Any]:
    number = entry.revision
    return {
        "command_id": entry.id,
        "name": entry.name,
        "arguments": entry.arguments,
        "state": entry.state,
        "settled": entry.settled,
        "accepted_at": entry.accepted_at,
        "sent_at": entry.sent_at,
        "settled_at": entry.settled_at,
        "attempts": entry.attempts,
        "value": entry.value,
        "error": entry.error,
        "revision": None if number is None else Revision(boot=entry.boot, number=number),
    }
