"""What an agent can wait for. Each condition checks a snapshot, an event, or both; all of it is pure."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from timmy_actors.protocol import EventName, GameEvent, Name, NearbyActor, NearbyPlayer, PerceptionOutput, StrictModel

Distance = Annotated[float, Field(gt=0, le=32_768)]
"""Game units; an exterior cell's side is 8192, a person is about 130 tall."""
NEAR = 300.0
Text = Annotated[str, Field(min_length=1, max_length=256)]


class _Condition(StrictModel):
    """The base: by default nothing fulfils it."""

    @property
    def events(self) -> frozenset[EventName]:
        """The events that can fulfil it."""
        return frozenset()

    def holds(self, snapshot: PerceptionOutput) -> bool:  # noqa: ARG002  for the conditions that check it
        """Whether a snapshot fulfils it."""
        return False

    def is_met_by(self, event: GameEvent) -> bool:  # noqa: ARG002  for the conditions that check it
        """Whether an event fulfils it."""
        return False


class AtPlace(_Condition):
    """The player is in a cell, or at a known place, of this name; capitals do not matter."""

    kind: Literal["at_place"] = "at_place"
    place: Name

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether the player stands there."""
        position = snapshot.position
        return position is not None and self.place.casefold() in _names(position.cell, position.place)


class NearPoint(_Condition):
    """The player is within a distance of a point, measured without the height if `z` is missing."""

    kind: Literal["near_point"] = "near_point"
    x: float
    y: float
    z: float | None = None
    within: Distance = NEAR

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether the player is that near."""
        if (position := snapshot.position) is None:
            return False
        height = 0.0 if self.z is None else position.z - self.z
        return math.hypot(position.x - self.x, position.y - self.y, height) <= self.within


class Near(_Condition):
    """An actor or another player is within a distance of the player."""

    kind: Literal["near"] = "near"
    who: Name
    """A player's name, or an actor's name, record (`ref_id`) or `unique_index`; capitals do not matter."""
    within: Distance = NEAR

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether one of that name is that near."""
        near: list[NearbyActor | NearbyPlayer] = []
        near += () if snapshot.nearby_actors is None else snapshot.nearby_actors.actors
        near += () if snapshot.nearby_players is None else snapshot.nearby_players.players
        return any(each.distance <= self.within and self._is(each) for each in near)

    def _is(self, each: NearbyActor | NearbyPlayer) -> bool:
        if isinstance(each, NearbyPlayer):
            return self.who.casefold() == each.name.casefold()
        return self.who.casefold() in _names(each.name, each.ref_id, each.unique_index)


class HealthBelow(_Condition):
    """The player's health is below a fraction of its maximum, or the player is dead."""

    kind: Literal["health_below"] = "health_below"
    fraction: Annotated[float, Field(gt=0, le=1)]

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether it is below."""
        if snapshot.condition is not None and snapshot.condition.dead:
            return True
        health = None if snapshot.stats is None else snapshot.stats.health
        return health is not None and health.base > 0 and health.current / health.base < self.fraction


class Happens(_Condition):
    """An event of this name happens, from now on."""

    kind: Literal["event"] = "event"
    event: EventName

    @property
    def events(self) -> frozenset[EventName]:
        """The event itself."""
        return frozenset({self.event})

    def is_met_by(self, event: GameEvent) -> bool:
        """Whether it is that event."""
        return event.event == self.event


class Dialogue(_Condition):
    """The player's client reports a choice in a dialogue window, from now on: the window is open."""

    kind: Literal["dialogue"] = "dialogue"

    @property
    def events(self) -> frozenset[EventName]:
        """The client's report."""
        return frozenset({"dialogue_choice"})

    def is_met_by(self, event: GameEvent) -> bool:
        """Whether it is that report."""
        return event.event == "dialogue_choice"


class ChatFrom(_Condition):
    """A line appears in the player's chat window: from this speaker, containing this text, or any line."""

    kind: Literal["chat"] = "chat"
    speaker: Name | None = None
    contains: Text | None = None
    """Capitals do not matter."""
    after_ms: Annotated[int, Field(ge=0)] | None = None
    """Lines whose `now` is later count, also those that are there already: give the last line that you read, so that
    a quick answer is not missed. None: only lines from now on."""

    @property
    def events(self) -> frozenset[EventName]:
        """New lines."""
        return frozenset({"chat"})

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether such a line is in the chat window."""
        if self.after_ms is None or snapshot.chat is None:
            return False
        return any(line.now > self.after_ms and self._fits(line.player, line.text) for line in snapshot.chat.lines)

    def is_met_by(self, event: GameEvent) -> bool:
        """Whether the event is such a line."""
        if event.event != "chat" or (self.after_ms is not None and event.now <= self.after_ms):
            return False
        return self._fits(event.data.get("speaker"), event.data["text"])

    def _fits(self, speaker: str | None, text: str) -> bool:
        if self.speaker is not None and self.speaker.casefold() not in _names(speaker):
            return False
        return self.contains is None or self.contains.casefold() in text.casefold()


Condition = Annotated[
    AtPlace | NearPoint | Near | HealthBelow | Happens | Dialogue | ChatFrom, Field(discriminator="kind")
]
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
"""Validates a condition that comes as JSON."""


def _names(*names: str | None) -> set[str]:
    return {name.casefold() for name in names if name is not None}
