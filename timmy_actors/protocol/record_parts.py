"""What the records that can be made at run time have in common: their fields' kinds, their parts, their bases."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name, StrictModel

MOST_PARTS = 32

Int = Annotated[int, Field(ge=-2_147_483_647, le=2_147_483_647)]
Amount = Annotated[int, Field(ge=0, le=2_147_483_647)]
Weight = Annotated[float, Field(ge=0, le=1e6)]
Rate = Annotated[float, Field(ge=0, le=100)]
Byte = Annotated[int, Field(ge=0, le=255)]
Percent = Annotated[int, Field(ge=0, le=100)]
Switch = Annotated[int, Field(ge=0, le=1)]
SkillId = Annotated[int, Field(ge=-1, le=26)]
Range = Annotated[float, Field(ge=0, le=255)]
LongText = Annotated[str, Field(min_length=1, max_length=16_384, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
"""A book's or a script's text: lines and tabs, no other control characters."""


class Effect(StrictModel):
    """One effect of a spell, potion, enchantment or ingredient."""

    id: Annotated[int, Field(ge=0, le=142)]
    attribute: Annotated[int, Field(ge=-1, le=7)] | None = None
    skill: SkillId | None = None
    range_type: Annotated[int, Field(ge=0, le=2)] | None = None
    """0 self, 1 touch, 2 target."""
    area: Amount | None = None
    duration: Amount | None = None
    magnitude_min: Amount | None = None
    magnitude_max: Amount | None = None


class Part(StrictModel):
    """A part of the body that a piece of armor or clothing covers."""

    part_type: Annotated[int, Field(ge=0, le=26)]
    male_part: Name | None = None
    female_part: Name | None = None


class CarriedItem(StrictModel):
    """What an actor or a container has in it."""

    id: Name
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class Damage(StrictModel):
    """The least and the most damage of one way to strike."""

    min: Annotated[int, Field(ge=0, le=10_000)]
    max: Annotated[int, Field(ge=0, le=10_000)]


class Color(StrictModel):
    """Of a light."""

    red: Byte
    green: Byte
    blue: Byte


Effects = Annotated[list[Effect], Field(max_length=MOST_PARTS)]
Parts = Annotated[list[Part], Field(max_length=MOST_PARTS)]
Items = Annotated[list[CarriedItem], Field(max_length=MOST_PARTS)]


class AnyRecord(StrictModel):
    """What every record has: an id of its own (else the server gives one), and what it is made after."""

    needed: ClassVar[tuple[str, ...]]
    """What a record that is not made after another must have: CoreScripts' own list."""

    id: Name | None = None
    base_id: Name | None = None

    @model_validator(mode="after")
    def _enough(self) -> AnyRecord:
        if self.base_id is None:
            for field in self.needed:
                if getattr(self, field) in (None, []):
                    told = type(self).model_fields[field].alias or field
                    raise ValueError(f"{told}: is required where no base_id is given")
        return self


class Thing(AnyRecord):
    """What most records have."""

    needed: ClassVar[tuple[str, ...]] = ("name", "model")

    name: Name | None = None
    model: Name | None = None
    script: Name | None = None


class Item(Thing):
    """What can be carried."""

    icon: Name | None = None
    weight: Weight | None = None
    value: Amount | None = None


class EnchantableItem(Item):
    """What can be enchanted."""

    enchantment_id: Name | None = None
    enchantment_charge: Amount | None = None


class Tool(Item):
    """What wears off with its uses."""

    quality: Weight | None = None
    uses: Amount | None = None


class Actor(AnyRecord):
    """What creatures and NPCs have."""

    name: Name | None = None
    level: Annotated[int, Field(ge=1, le=10_000)] | None = None
    health: Amount | None = None
    magicka: Amount | None = None
    fatigue: Amount | None = None
    ai_fight: Percent | None = None
    ai_flee: Percent | None = None
    ai_alarm: Percent | None = None
    ai_services: Amount | None = None
    script: Name | None = None
    items: Items | None = None
