"""Common parts of the records that can be created at run time: field types, nested parts, base classes."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, model_validator

from timmy_actors.protocol._base import Name, StrictModel
from timmy_actors.protocol.patterns import LONG_TEXT

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
LongText = Annotated[str, Field(min_length=1, max_length=16_384, pattern=LONG_TEXT)]
"""The text of a book or script: newlines and tabs, no other control characters."""


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
    """A body part that a piece of armor or clothing covers."""

    part_type: Annotated[int, Field(ge=0, le=26)]
    male_part: Name | None = None
    female_part: Name | None = None


class CarriedItem(StrictModel):
    """A stack of items in an actor's or container's inventory."""

    id: Name
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class Damage(StrictModel):
    """The minimum and maximum damage of one attack."""

    min: Annotated[int, Field(ge=0, le=10_000)]
    max: Annotated[int, Field(ge=0, le=10_000)]


class Color(StrictModel):
    """The colour of a light."""

    red: Byte
    green: Byte
    blue: Byte


Effects = Annotated[list[Effect], Field(max_length=MOST_PARTS)]
Parts = Annotated[list[Part], Field(max_length=MOST_PARTS)]
Items = Annotated[list[CarriedItem], Field(max_length=MOST_PARTS)]


def _publish_needed(schema: dict[str, Any], model: type[AnyRecord]) -> None:
    schema["x-needed-without-base"] = model.names_needed()


class AnyRecord(StrictModel):
    """The base of every record: its id (default: the server generates one), and the id of the record it is based on."""

    model_config = ConfigDict(json_schema_extra=_publish_needed)

    needed: ClassVar[tuple[str, ...]]
    """The fields required without a `base_id`: CoreScripts' own list."""

    id: Name | None = None
    base_id: Name | None = None

    @classmethod
    def names_needed(cls) -> list[str]:
        """The names on the wire of the fields in `needed`."""
        return [cls.model_fields[field].alias or field for field in cls.needed]

    @model_validator(mode="after")
    def _enough(self) -> AnyRecord:
        if self.base_id is None:
            for field, name in zip(self.needed, self.names_needed(), strict=True):
                if getattr(self, field) in (None, []):
                    raise ValueError(f"{name}: is required where no base_id is given")
        return self


class Thing(AnyRecord):
    """The common fields of most records."""

    needed: ClassVar[tuple[str, ...]] = ("name", "model")

    name: Name | None = None
    model: Name | None = None
    script: Name | None = None


class Item(Thing):
    """A record of an item that can be carried."""

    icon: Name | None = None
    weight: Weight | None = None
    value: Amount | None = None


class EnchantableItem(Item):
    """A record of an item that can be enchanted."""

    enchantment_id: Name | None = None
    enchantment_charge: Amount | None = None


class Tool(Item):
    """A record of an item that is used up."""

    quality: Weight | None = None
    uses: Amount | None = None


class Actor(AnyRecord):
    """The common fields of creatures and NPCs."""

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
