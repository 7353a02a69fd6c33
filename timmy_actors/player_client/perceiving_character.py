"""The character in a perception: its statistics and spells, as far as the server sent them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from timmy_actors.player_client.view import FATIGUE, HEALTH, MAGICKA, Player, View
from timmy_actors.protocol import Gauge, Spells, Stats

ATTRIBUTES: Final = ("Strength", "Intelligence", "Willpower", "Agility", "Speed", "Endurance", "Personality", "Luck")
SKILLS: Final = (
    "Block", "Armorer", "Mediumarmor", "Heavyarmor", "Bluntweapon", "Longblade", "Axe", "Spear", "Athletics", "Enchant",
    "Destruction", "Alteration", "Illusion", "Conjuration", "Mysticism", "Restoration", "Alchemy", "Unarmored",
    "Security", "Sneak", "Acrobatics", "Lightarmor", "Shortblade", "Marksman", "Mercantile", "Speechcraft",
    "Handtohand",
)  # fmt: skip
"""In the order of their numbers, as the server spells them: the bridge names them so, too."""
BASE, DAMAGE, PROGRESS = 0, 3, 4
"""Where a statistic has what."""
MEMBERS = 5


def perceive_stats(me: Player) -> Stats | None:
    """The own statistics; None before the server has sent the looks."""
    looks = me.facts.get("PLAYER_BASEINFO")
    if looks is None:
        return None
    return Stats.model_validate(
        {
            "level": _fact(me, "PLAYER_LEVEL", "level", 1),
            "level_progress": _fact(me, "PLAYER_LEVEL", "progress", 0),
            **{name: _gauge(me, number) for name, number in _GAUGES.items()},
            "attributes": _attributes(_fact(me, "PLAYER_ATTRIBUTE", "attributes", ())),
            "skills": _skills(_fact(me, "PLAYER_SKILL", "skills", ())),
            "race": looks["race"],
            "gender": "female" if looks["flags"] & 1 else "male",
            "class": _fact(me, "PLAYER_CHARCLASS", "id", "") or _fact(me, "PLAYER_CHARCLASS", "name", ""),
            "birthsign": looks["birthsign"],
            "bounty": _fact(me, "PLAYER_BOUNTY", "bounty", 0),
            "reputation": _fact(me, "PLAYER_REPUTATION", "reputation", 0),
        }
    )


def perceive_spells(view: View) -> Spells:
    """The own spellbook."""
    return Spells(known=tuple(view.spells))


_GAUGES: Final = {"health": HEALTH, "magicka": MAGICKA, "fatigue": FATIGUE}


def _fact(player: Player, packet: str, member: str, otherwise: Any) -> Any:
    value = player.facts.get(packet, {}).get(member)
    return otherwise if value is None else value


def _gauge(player: Player, number: int) -> Gauge:
    return Gauge(current=player.current(number), base=player.base(number))


def _attributes(values: Sequence[float]) -> dict[str, dict[str, float]]:
    named = zip(ATTRIBUTES, _stats(values), strict=False)
    return {name: {"base": stat[BASE], "damage": stat[DAMAGE]} for name, stat in named}


def _skills(values: Sequence[float]) -> dict[str, dict[str, float]]:
    named = zip(SKILLS, _stats(values), strict=False)
    return {name: {"base": stat[BASE], "damage": stat[DAMAGE], "progress": stat[PROGRESS]} for name, stat in named}


def _stats(values: Sequence[float]) -> list[Sequence[float]]:
    return [values[at : at + MEMBERS] for at in range(0, len(values), MEMBERS)]
