"""Messages to the perception actor and from it to its watches."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property

from timmy_actors.errors import RefusedError
from timmy_actors.perception.merged import Snapshot, output_of
from timmy_actors.protocol import MAX_TIMEOUT_S, GameEvent, LinkStatus, PerceptionOutput, Push, Revision


@dataclass(frozen=True)
class Await:
    """Request to the perception actor: the first snapshot of a player that shows revision `after` and is not stale.

    The reply is the snapshot, or `RefusedError` (`expired`) if none arrives within `timeout_s`.

    Raises:
        RefusedError: `bad_arguments`: `timeout_s` is out of range.
    """

    player: str
    after: Revision
    timeout_s: float
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """When the request expires, in monotonic seconds."""
        return self.asked_at + self.timeout_s

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise RefusedError(
                "bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s"
            )


@dataclass(frozen=True)
class Happened:
    """One notification for watches: a game event, a player's new snapshot, or a change of the link."""

    event: GameEvent | None = None
    snapshot: Snapshot | None = None
    link: LinkStatus | None = None

    @property
    def player(self) -> str | None:
        """The player concerned; None for a link change, which concerns all players."""
        subject = self.event or self.snapshot
        return None if subject is None else subject.player

    @property
    def output(self) -> PerceptionOutput | None:
        """The snapshot as callers read it."""
        return None if self.snapshot is None else output_of(self.snapshot)

    @cached_property
    def json(self) -> bytes:
        """The fields of a `Push` as JSON, encoded once for all watches."""
        return Push(event=self.event, snapshot=self.output, link=self.link).model_dump_json(by_alias=True).encode()
