"""Attacks and spells. A server believes the attacker's client which blows hit: so they are off by default. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.player_client.body import Act, Body, Done, reference, require

NOTHING, WEAPON = 0, 1
"""What a player has drawn."""
LEFT_HAND = 17
"""The slot of a shield."""
LONGEST_BLOCK_S = 60.0


def attack(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Strike an actor within reach: press, release, and the hit with its `damage`."""
    del now
    require(body.combat, "not_permitted", "combat is switched off: player_client.combat")
    key, actor = body.within_reach(params["unique_index"])
    target = {"is_player": False, **reference(key, actor)}
    strike = {"target": target, "type": 0, "animation": "chop"}
    body.session.send("PLAYER_ATTACK", **strike, pressed=True, success=False, hit=False)
    damage = {
        "damage": float(params.get("damage", 1.0)),
        "block": False,
        "knockdown": False,
        "weapon_enchantment": False,
        "hit_position": [0.0, 0.0, 0.0],
    }
    body.session.send("PLAYER_ATTACK", **strike, **damage, pressed=False, success=True, hit=True)
    done({})


def cast(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Cast a `spell` of the spellbook on itself or towards nothing."""
    del now
    require(body.combat, "not_permitted", "combat is switched off: player_client.combat")
    spell = params["spell"]
    require(spell in body.session.view.spells, "no_such_target", f"the player does not know {spell}")
    target = {"is_player": True, "guid": body.session.view.me.guid}
    cast = {"target": target, "type": 0, "instant": False, "spell_id": spell, "has_projectile": False}
    body.session.send("PLAYER_CAST", **cast, pressed=True, success=False)
    body.session.send("PLAYER_CAST", **cast, pressed=False, success=True)
    done({})


def block(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Stand with weapon and shield ready for some `seconds`; how many blows were `blocked`."""
    require(body.combat, "not_permitted", "combat is switched off: player_client.combat")
    seconds = float(params.get("seconds", 1.0))
    require(0 < seconds <= LONGEST_BLOCK_S, "bad_arguments", f"seconds: must be at most {LONGEST_BLOCK_S:g}")
    require(LEFT_HAND in body.session.view.me.equipment, "game_refused", "there is no shield in the left hand")
    before = body.session.blocked
    body.draw(WEAPON)

    def end() -> None:
        body.draw(NOTHING)
        done({"blocked": body.session.blocked - before})

    body.later(now + seconds, end, done)


COMBAT_ACTS: dict[str, Act] = {"attack": attack, "cast": cast, "block": block}
"""The acts, by name."""
