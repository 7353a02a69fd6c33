"""What a client says about its player while it connects, and of a new account's character. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.player_client.account import Login
from timmy_actors.player_client.packets.packet import Packet

ATTRIBUTES, SKILLS = 8, 27
ATTRIBUTE, SKILL, GAUGE = 40.0, 20.0, 100.0
"""A new character's values: within what every server allows."""


def stat(value: float) -> tuple[float, ...]:
    """A statistic as packets have it: base, modified, current, damage, progress."""
    return (value, value, value, 0.0, 0.0)


def looks(login: Login) -> dict[str, Any]:
    """The members of PLAYER_BASEINFO."""
    character = login.character
    return {
        "name": login.name,
        "model": "",
        "race": character.race,
        "hair": character.hair,
        "head": character.head,
        "flags": int(character.female),
        "birthsign": character.birthsign,
        "reset_stats": False,
    }


def introduction(login: Login, guid: int) -> list[Packet]:
    """What follows the handshake: the looks, the word that the client is ready, and health, magicka and fatigue."""
    return [
        Packet("PLAYER_BASEINFO", guid, looks(login)),
        Packet("LOADED", guid),
        Packet("PLAYER_STATS_DYNAMIC", guid, _full_gauges()),
    ]


def generation(login: Login, guid: int, last_stage: int) -> list[Packet]:
    """The whole character generation at once: looks, statistics, class, and the word that it is done."""
    character: list[tuple[str, Mapping[str, Any]]] = [
        ("PLAYER_BASEINFO", looks(login)),
        ("PLAYER_STATS_DYNAMIC", _full_gauges()),
        (
            "PLAYER_ATTRIBUTE",
            {"full": True, "attributes": stat(ATTRIBUTE) * ATTRIBUTES, "increases": (0,) * ATTRIBUTES},
        ),
        ("PLAYER_SKILL", {"full": True, "skills": stat(SKILL) * SKILLS}),
        ("PLAYER_LEVEL", {"level": 1, "progress": 0}),
        ("PLAYER_CHARCLASS", {"id": login.character.character_class}),
        ("PLAYER_CHARGEN", {"state": (last_stage, last_stage, 0)}),
    ]
    return [Packet(name, guid, fields) for name, fields in character]


def _full_gauges() -> dict[str, Any]:
    return {"full": True, "stats": stat(GAUGE) * 3}
