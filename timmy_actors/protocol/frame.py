"""A push of protocol version 2: the entities that changed, each once, and perceptions that refer to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self, cast, get_args

from pydantic import Field, create_model, model_validator

from timmy_actors.protocol._base import MAX_INTEGER, Count, Model
from timmy_actors.protocol.perception import Actor, Cadence, OtherPlayer, PlacedObject, SectionName, Sections

Key = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
"""The number of an entity; it names nothing else in this server process."""
Number = Annotated[float, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]
NEARBY: tuple[SectionName, ...] = ("nearby_actors", "nearby_players", "nearby_objects")
"""The sections that a frame describes by the keys of entities."""


class Entity(Model):
    """A whole entity: exactly one of `actor`, `player` and `object`. It replaces an earlier one of the same key."""

    key: Key
    actor: Actor | None = None
    player: OtherPlayer | None = None
    object: PlacedObject | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(way is not None for way in (self.actor, self.player, self.object)) != 1:
            raise ValueError("must have exactly one of actor, player and object")
        return self

    @property
    def subject(self) -> Actor | OtherPlayer | PlacedObject:
        """What the entity is."""
        return cast("Actor | OtherPlayer | PlacedObject", self.actor or self.player or self.object)


class Moved(NamedTuple):
    """The new place of an actor or a player."""

    key: Key
    x: Number
    y: Number
    z: Number


class Harmed(NamedTuple):
    """The new health of an actor or a player."""

    key: Key
    current: Number
    base: Number


class EntityChanges(Model):
    """The changes of a connection's table of entities, in the order in which they are applied."""

    removed: tuple[Key, ...] = ()
    """Entities that no perception of this connection refers to any more."""
    whole: tuple[Entity, ...] = ()
    """Entities that are new, or changed in another way than the following."""
    moved: tuple[Moved, ...] = ()
    harmed: tuple[Harmed, ...] = ()


class NearbyChanges(Model):
    """Which entities a `nearby_*` section lists from now on. Their order follows from their distances."""

    added: tuple[Key, ...] = ()
    removed: tuple[Key, ...] = ()
    left_out: Count = 0
    """How many more there are beyond the requested number."""


def _section_models() -> dict[str, type[Model]]:
    fields = Sections.model_fields.items()
    return {name: next(way for way in get_args(field.annotation) if way is not type(None)) for name, field in fields}


SECTION_MODELS = _section_models()
"""The model of each section."""


def _changes_of(section: type[Model]) -> type[Model]:
    """The members of a section that changed: `model_fields_set` says which. Null: the member is gone."""
    members: dict[str, Any] = {}
    for name, field in section.model_fields.items():
        annotation: Any = field.annotation
        if field.metadata:
            annotation = Annotated[(annotation, *field.metadata)]
        members[name] = (annotation | None, Field(None, alias=field.alias))
    changes: type[Model] = create_model(
        f"{section.__name__}Changes",
        __base__=Model,
        __doc__=f"Members of `{section.__name__}` that changed.",
        **members,
    )
    return changes


def _frame_sections() -> type[Model]:
    fields: dict[str, Any] = {}
    for name, section in SECTION_MODELS.items():
        shape = NearbyChanges if name in NEARBY else tuple[Count, _changes_of(section)]  # type: ignore[misc]
        fields[name] = (shape | None, None)
    sections: type[Model] = create_model(
        "FrameSections",
        __base__=Model,
        __doc__="The sections that changed: `[revision, members]`, and of `nearby_*` the entities that they list.",
        **fields,
    )
    return sections


if TYPE_CHECKING:
    FrameSections = Model
else:
    FrameSections = _frame_sections()
_REQUIRED = {
    name: {field for field, declared in model.model_fields.items() if declared.is_required()}
    for name, model in SECTION_MODELS.items()
}
"""The members that a section cannot lack."""


class FramePerception(Model):
    """A player's whole state (`full`), or what changed since the last frame with a perception of it.

    Its `nearby_*` sections have changed, too, if an entity that they list has, or the player's position.
    """

    full: bool = False
    player: str | None = None
    """Given if it is full; the later ones have the pid only."""
    pid: Count
    cadence: Cadence | None = None
    """Given if it is full: how often the bridge reads what is nearby."""
    revision: Count | None = None
    """The last command whose effects this shows; None: as before."""
    sections: FrameSections = FrameSections()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.full and self.player is None:
            raise ValueError("player: a full perception must have it")
        for name in self.sections.model_fields_set if self.full else ():
            if name not in NEARBY and (change := getattr(self.sections, name)) is not None:
                missing = _REQUIRED[name] - change[1].model_fields_set
                if missing:
                    raise ValueError(f"sections: {name}: a full perception must have {', '.join(sorted(missing))}")
        return self


class Frame(Model):
    """A push of version 2."""

    type: Literal["frame"] = "frame"
    seq: Annotated[int, Field(ge=1)]
    now: Count
    game_ms: Count | None = None
    entities: EntityChanges = EntityChanges()
    perceptions: tuple[FramePerception, ...]
