"""Conditions on a player's perception, each with its progress from 0 to 1. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from timmy_actors.protocol import Name, SectionName, StrictModel

Sections = Mapping[str, Any]
"""The sections of a perception, as decoded JSON."""
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6)]
Distance = Annotated[float, Field(gt=0, le=1e6)]
Amount = Annotated[int, Field(ge=1, le=1_000_000)]
HOURS = 24
HourOfDay = Annotated[float, Field(ge=0, lt=HOURS)]
WAY = 0.9
"""The part of the progress of `in_cell` that the way to the cell's door makes."""


class Place(StrictModel):
    """A place, in game units: outside, or in the interior `cell`."""

    x: Coordinate
    y: Coordinate
    cell: Name | None = None

    def distance(self, sections: Sections) -> float | None:
        """How far the player is from it; None if the player is in another space."""
        position = sections["position"]
        inside = None if position["exterior"] else position["cell"]
        return math.hypot(position["x"] - self.x, position["y"] - self.y) if inside == self.cell else None


class Goal(StrictModel):
    """The base: what must hold of the player, and where it can be brought about."""

    at: Place | None = None

    def place(self, sections: Sections) -> Place | None:
        """Where it can be brought about; None: in another space than the player's, or not known."""
        return self.at if self.at is not None and self.at.distance(sections) is not None else None

    def sections(self) -> tuple[SectionName, ...]:
        """The sections that it reads."""
        return ()

    def progress(self, sections: Sections, start: Sections) -> float:
        """From 0 (as at the start, or further away) to 1 (it holds)."""
        raise NotImplementedError


class NearPlace(Goal):
    """The player is within a distance of a place."""

    kind: Literal["near"]
    at: Place
    within: Distance = 100.0

    def progress(self, sections: Sections, start: Sections) -> float:
        """1 minus the distance, as a part of that at the start."""
        return _way(self.at, sections, start, self.within)


class InCell(Goal):
    """The player is in a cell; `at` is the place outside at which one enters it."""

    kind: Literal["in_cell"]
    cell: Name

    def progress(self, sections: Sections, start: Sections) -> float:
        """1 inside; outside, how much of the way is done."""
        if sections["position"]["cell"] == self.cell:
            return 1.0
        return WAY * _way(self.at, sections, start, 1.0) if self.at is not None else 0.0


class HasItem(Goal):
    """The player carries an item."""

    kind: Literal["has_item"]
    item: Name
    count: Amount = 1

    def sections(self) -> tuple[SectionName, ...]:
        """The inventory."""
        return ("inventory",)

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """The part of the items that the player carries."""
        return _part(_carried(self.item, sections), self.count)


class GainedItem(Goal):
    """The player carries more of an item than at the start."""

    kind: Literal["gained_item"]
    item: Name
    count: Amount = 1

    def sections(self) -> tuple[SectionName, ...]:
        """The inventory."""
        return ("inventory",)

    def progress(self, sections: Sections, start: Sections) -> float:
        """The part of the wanted number that was gained."""
        return _part(_carried(self.item, sections) - _carried(self.item, start), self.count)


class NearPlayer(Goal):
    """The player is within a distance of another player: of the nearest one, or of the one with a name."""

    kind: Literal["near_player"]
    name: Name | None = None
    within: Distance = 150.0

    def sections(self) -> tuple[SectionName, ...]:
        """The players."""
        return ("nearby_players",)

    def place(self, sections: Sections) -> Place | None:
        """Where the other player is now."""
        near = [
            each for each in sections["nearby_players"]["players"] if self.name is None or each["name"] == self.name
        ]
        if not near:
            return None
        other, here = min(near, key=lambda each: float(each["distance"])), sections["position"]
        return Place(x=other["x"], y=other["y"], cell=None if here["exterior"] else here["cell"])

    def progress(self, sections: Sections, start: Sections) -> float:
        """1 minus the distance, as a part of that at the start; 0 if the other player is out of sight."""
        now, then = self.place(sections), self.place(start)
        return _nearness(_distance(now, sections), _distance(then, start), self.within)


class NearActor(Goal):
    """The player is within a distance of a living actor of a record."""

    kind: Literal["near_actor"]
    ref_id: Name
    within: Distance = 300.0

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """0 or 1."""
        return float(
            any(
                actor["ref_id"] == self.ref_id and not actor.get("dead") and actor["distance"] <= self.within
                for actor in sections["nearby_actors"]["actors"]
            )
        )


class Hour(Goal):
    """The world's hour is in a part of the day, which may include midnight."""

    kind: Literal["hour"]
    since: HourOfDay
    until: HourOfDay

    def sections(self) -> tuple[SectionName, ...]:
        """The world."""
        return ("world",)

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """0 or 1."""
        passed = (sections["world"]["hour"] - self.since) % HOURS
        return float(passed < (self.until - self.since) % HOURS)


class KnowsTopic(Goal):
    """The player can ask about a topic."""

    kind: Literal["knows_topic"]
    topic: Name

    def sections(self) -> tuple[SectionName, ...]:
        """The topics."""
        return ("topics",)

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """0 or 1."""
        return float(self.topic in sections["topics"]["topics"])


class QuestStage(Goal):
    """A quest has reached a stage."""

    kind: Literal["quest_stage"]
    quest: Name
    stage: Amount

    def sections(self) -> tuple[SectionName, ...]:
        """The quests."""
        return ("quests",)

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """The stage reached, as a part of the wanted one."""
        return _part(sections["quests"]["stages"].get(self.quest, 0), self.stage)


class Killed(Goal):
    """The players of the server have killed actors of a record since the start."""

    kind: Literal["killed"]
    ref_id: Name
    count: Amount = 1

    def sections(self) -> tuple[SectionName, ...]:
        """The kills."""
        return ("kills",)

    def progress(self, sections: Sections, start: Sections) -> float:
        """The part of the wanted number."""
        before = start["kills"]["counts"].get(self.ref_id, 0)
        return _part(sections["kills"]["counts"].get(self.ref_id, 0) - before, self.count)


class Dead(Goal):
    """The player is dead."""

    kind: Literal["dead"]

    def sections(self) -> tuple[SectionName, ...]:
        """The condition."""
        return ("condition",)

    def progress(self, sections: Sections, start: Sections) -> float:  # noqa: ARG002  the base's signature
        """0 or 1."""
        return float(sections["condition"]["dead"])


AnyGoal = Annotated[
    NearPlace | InCell | HasItem | GainedItem | NearPlayer | NearActor | Hour | KnowsTopic | QuestStage | Killed | Dead,
    Field(discriminator="kind"),
]


def _way(to: Place, sections: Sections, start: Sections, within: float) -> float:
    return _nearness(to.distance(sections), to.distance(start), within)


def _nearness(distance: float | None, whole: float | None, within: float) -> float:
    if distance is None:
        return 0.0
    if distance <= within:
        return 1.0
    return max(0.0, 1.0 - distance / whole) if whole else 0.0


def _distance(place: Place | None, sections: Sections) -> float | None:
    return None if place is None else place.distance(sections)


def _carried(item: str, sections: Sections) -> int:
    return sum(int(stack["count"]) for stack in sections["inventory"]["items"] if stack["ref_id"] == item)


def _part(amount: float, whole: float) -> float:
    return min(1.0, max(0.0, float(amount) / whole))
