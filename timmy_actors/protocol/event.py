"""Events that the game server sends without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationInfo, field_validator

from timmy_actors.protocol._base import Count, Model

if TYPE_CHECKING:
    from timmy_actors.protocol.events import EventData

EventName = Literal[
    "joining", "connect", "disconnect", "character_created", "cell_change", "cell_load", "cell_unload", "chat", "death",
    "resurrect", "attributes", "skills", "level", "bounty", "reputation", "shapeshift", "equipment", "inventory",
    "item_use", "spellbook", "spells_active", "cooldowns", "quick_keys", "spell_selected", "mark", "journal", "topics",
    "books", "factions", "actor_list", "actor_equipment", "actor_spells_active", "actor_death", "actor_ai",
    "actor_cell_change", "object_activate", "object_hit", "object_sound", "object_place", "object_spawn",
    "object_delete", "object_lock", "object_trap", "object_scale", "object_state", "object_gold", "object_restock",
    "dialogue_choice", "door_state", "container", "console_command", "script_local", "kills", "map", "weather", "video",
    "record_created", "script_global",
]  # fmt: skip


class GameEvent(Model):
    """A server event: its name (`event`), the player it happened to or whose client reported it, its time and its data.

    `data` has the fields of the event's model in `timmy_actors.protocol.events`; `details` is that model.
    """

    event: EventName
    player: str
    pid: Count
    now: Count
    """On the server's monotonic clock, in ms."""
    data: dict[str, Any]

    @field_validator("data")
    @classmethod
    def _fits_the_event(cls, data: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if "event" in info.data:
            _data_model(info.data["event"]).model_validate(data)
        return data

    @property
    def details(self) -> EventData:
        """`data` as its model."""
        return _data_model(self.event).model_validate(self.data)


def _data_model(event: EventName) -> type[EventData]:
    # Imported late: fifty models, which many clients never need.
    from timmy_actors.protocol.events import EVENT_DATA  # noqa: PLC0415

    return EVENT_DATA[event]
