"""Resting. A server leaves it to each player's client to heal its player; the formulas are the game's. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.player_client.body import Act, Body, Done, require
from timmy_actors.player_client.view import FATIGUE, HEALTH, MAGICKA

MAX_HOURS = 24
AFTER_A_BLOW_S = 10.0
"""A player that was struck lately has an enemy near, and no game allows a rest then."""
INTELLIGENCE, ENDURANCE = 1, 5
"""The numbers of attributes."""
MAGICKA_PER_HOUR = 0.15
"""fRestMagicMult: the part of the intelligence that an hour brings."""
HEALTH_PER_HOUR = 0.1
"""The part of the endurance that an hour brings."""


def rest(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Rest for some `hours`: health and magicka come back in part, fatigue completely. The server's time stays."""
    hours = int(params.get("hours", 1))
    require(1 <= hours <= MAX_HOURS, "bad_arguments", f"hours: must be 1 to {MAX_HOURS}")
    session = body.session
    allowed = session.settings.get("wilderness_rest", False)
    require(allowed, "game_refused", "the server allows no rest outside of beds: allowWildernessRest in its config.lua")
    require(now - session.struck_at >= AFTER_A_BLOW_S, "game_refused", "an enemy is near: the player was just struck")
    view = session.view
    view.me.restore(HEALTH, hours * HEALTH_PER_HOUR * view.attribute(ENDURANCE))
    view.me.restore(MAGICKA, hours * MAGICKA_PER_HOUR * view.attribute(INTELLIGENCE))
    view.me.restore(FATIGUE, view.me.base(FATIGUE))
    session.send("PLAYER_STATS_DYNAMIC", full=True, stats=tuple(view.me.stats))
    done({"health": view.me.current(HEALTH), "magicka": view.me.current(MAGICKA), "fatigue": view.me.current(FATIGUE)})


RECOVERY_ACTS: dict[str, Act] = {"rest": rest}
"""The acts, by name."""
