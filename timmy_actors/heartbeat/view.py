"""What a beat perceives: the bridge's snapshot, the portal's state, or both. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from timmy_actors.heartbeat.proposal import Json
from timmy_actors.protocol import GameState, PerceptionOutput, Revision

WITHOUT: frozenset[str] = frozenset({"available_actions", "revisions", "pid", "timestamp", "stale", "stale_reason"})
"""Of a snapshot: what tells a policy nothing about the game."""
LASTING = ("condition", "inventory", "equipment", "spells", "factions", "journal", "quests", "topics", "books", "kills")
"""The sections that change only through actions."""
COARSE_UNITS, COARSE_DEG = 32.0, 15.0
"""A player that stands still sways by less than this."""


@dataclass(frozen=True)
class View:
    """One perception. `stale` says why it shows the past."""

    snapshot: PerceptionOutput | None = None
    state: GameState | None = None
    stale: str | None = None

    @cached_property
    def observation(self) -> Json:
        """What is perceived, as JSON."""
        seen: Json = {}
        if self.snapshot is not None:
            seen = self.snapshot.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(WITHOUT))
        if self.state is not None:
            seen["portal"] = self.state.model_dump(mode="json", exclude_none=True)
        return seen

    def shows(self, revision: Revision | None) -> bool:
        """Whether it is no older than an action that produced this revision."""
        if revision is None or self.snapshot is None or self.snapshot.boot != revision.boot:
            return True
        return self.snapshot.revision >= revision.number

    @property
    def picture(self) -> Path | None:
        """The screenshot's file."""
        path = None if self.state is None else self.state.visual.screenshot_path
        return None if path is None else Path(path)

    @property
    def game_ms(self) -> int | None:
        """The game's time."""
        return None if self.snapshot is None else self.snapshot.game_ms

    @property
    def boot(self) -> str | None:
        """The game server process that was perceived."""
        return None if self.snapshot is None else self.snapshot.boot

    def digest(self, *, with_place: bool) -> str:
        """Equal for views between which nothing happened: without time, chat, and what moves by itself.

        Args:
            with_place: whether the player's place counts; a body that wanders changes it by itself.
        """
        place = _place(self.snapshot) if with_place and self.snapshot is not None else None
        return f"{self._digest_in_place} {place}"

    @cached_property
    def _digest_in_place(self) -> str:
        parts: list[Any] = [_picture_digest(self.picture)]
        if self.snapshot is not None:
            parts += [_lasting(self.snapshot), _wounds(self.snapshot)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


def _lasting(snapshot: PerceptionOutput) -> Json:
    return snapshot.model_dump(mode="json", include=set(LASTING))


def _place(snapshot: PerceptionOutput) -> list[Any] | None:
    here = snapshot.position
    if here is None:
        return None
    coarse = [round(part / COARSE_UNITS) for part in (here.x, here.y, here.z)]
    return [here.cell, *coarse, round(here.yaw / COARSE_DEG) % round(360 / COARSE_DEG)]


def _wounds(snapshot: PerceptionOutput) -> list[Any]:
    """The health of the player and of those near who are hurt."""
    health = None if snapshot.stats is None or snapshot.stats.health is None else round(snapshot.stats.health.current)
    actors = () if snapshot.nearby_actors is None else snapshot.nearby_actors.actors
    hurt = [
        (actor.unique_index, round(actor.health.current))
        for actor in actors
        if actor.health is not None and actor.health.current < actor.health.base
    ]
    return [health, sorted(hurt)]


def _picture_digest(picture: Path | None) -> str | None:
    if picture is None:
        return None
    try:
        return hashlib.sha256(picture.read_bytes()).hexdigest()
    except OSError:  # deleted since then, to keep the folder's size
        return None
