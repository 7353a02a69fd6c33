"""What the perception says to its listeners."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import MAX_TIMEOUT_S, GameEvent, LinkStatus, PerceptionOutput, Push, Revision


@dataclass(frozen=True)
class Await:
    """Asked of the perception: the first snapshot of a player that shows what was done up to `after`, and still holds.

    Answered with it, or `RefusedError` (`expired`) where none came within `timeout_s`.

    Raises:
        RefusedError: `bad_arguments`: nothing can be waited for that long.
    """

    player: str
    after: Revision
    timeout_s: float
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """Until when it is waited for, in monotonic seconds."""
        return self.asked_at + self.timeout_s

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise RefusedError(
                "bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s"
            )


@dataclass(frozen=True)
class Happened:
    """Told to listeners: a game event, a player's new snapshot, or that the link came up or went down."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None
    link: LinkStatus | None = None

    @property
    def player(self) -> str | None:
        """Whom it is about; None: everybody."""
        subject = self.event or self.snapshot
        return None if subject is None else subject.player

    @cached_property
    def json(self) -> bytes:
        """The members of a `Push` as JSON, made once however many are told."""
        return Push(event=self.event, snapshot=self.snapshot, link=self.link).model_dump_json(by_alias=True).encode()
