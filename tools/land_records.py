"""The records of the test land: names, texts and numbers of what the simulator's scene lists. All are invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.plugin_writer import encode

if TYPE_CHECKING:
    from tools.test_land import Scene

TOWN_CELLS = {
    "-2, -9": "Seyda Neen",
    "-2, -10": "Seyda Neen",
    "-3, -2": "Balmora",
    "-2, -2": "Balmora",
    "-3, -3": "Balmora",
}
OWNERS: dict[int, dict[str, Any]] = {
    103002: {"owner": "arrille"},
    103004: {"owner": "dulnea ralaal"},
    105003: {"faction": "mages guild", "rank": 2},
}
"""Who owns the containers, by the number of the reference."""
CREATURES = ("rat", "mudcrab")
REGIONS = ("Bitter Coast Region", "West Gash Region", "Ascadian Isles Region", "Ashlands Region")
ALWAYS_CLEAR = [100] + [0] * 9
"""The chance of each weather, in percent."""
RACES = ("Wood Elf", "Dark Elf", "Imperial")
CLASSES = ("Acrobat", "Thief", "Warrior", "Publican", "Trader", "Guard", "Commoner")
BIRTHSIGNS = ("Lady's Favor", "Moonshadow Sign", "Warwyrd")
RANKS = {
    "mages guild": ("Mages Guild", ["Associate", "Apprentice", "Journeyman"]),
    "fighters guild": ("Fighters Guild", ["Associate", "Apprentice", "Journeyman"]),
}
WORK = {"arrille": "Trader", "dulnea ralaal": "Publican", "imperial guard": "Guard", "hlaalu guard": "Guard"}
EFFECTS = {14: "Fire burns the target.", 75: "Health comes back."}

LEDGER_TEXT = "Rooms let, ale poured, debts owed: the accounts of the Eight Plates in a careful hand."
THINGS: dict[str, tuple[bytes, str]] = {
    "gold_001": (b"MISC", "Gold"), "iron dagger": (b"WEAP", "Iron Dagger"),
    "iron shortsword": (b"WEAP", "Iron Shortsword"), "iron_shield": (b"ARMO", "Iron Shield"),
    "common_shirt_01": (b"CLOT", "Common Shirt"), "common_pants_01": (b"CLOT", "Common Pants"),
    "common_shoes_01": (b"CLOT", "Common Shoes"), "common_robe_01": (b"CLOT", "Common Robe"),
    "p_restore_health_b": (b"ALCH", "Bargain Restore Health"), "ingred_bread_01": (b"INGR", "Bread"),
    "ingred_scuttle_01": (b"INGR", "Scuttle"), "torch": (b"LIGH", "Torch"),
    "repair_prongs": (b"REPA", "Repair Prongs"), "potion_local_brew_01": (b"ALCH", "Local Brew"),
    "misc_com_bottle_01": (b"MISC", "Bottle"), "misc_com_broom_01": (b"MISC", "Broom"),
    "inn_ledger": (b"BOOK", "Ledger of the Eight Plates"), "ingred_rat_meat_01": (b"INGR", "Rat Meat"),
    "bk_a1_1_caiuspackage": (b"BOOK", "Package for Caius Cosades"),
    "bookskill_acrobatics2": (b"BOOK", "The Roofs at Night"),
    "sc_ondusisunhinging": (b"BOOK", "Scroll of the Open Door"), "ex_common_door_01": (b"DOOR", "Wooden Door"),
    "ex_common_door_02": (b"DOOR", "Wooden Door"), "in_common_door_01": (b"DOOR", "Wooden Door"),
    "ex_hlaalu_door_01": (b"DOOR", "Carved Door"), "active_sign_arrille_01": (b"ACTI", "Arrille's Tradehouse"),
    "barrel_01": (b"CONT", "Barrel"), "barrel_02": (b"CONT", "Barrel"), "crate_01": (b"CONT", "Crate"),
    "crate_02": (b"CONT", "Crate"), "crate_03": (b"CONT", "Crate"), "com_sack_01": (b"CONT", "Sack"),
    "chest_small_01": (b"CONT", "Small Chest"), "chest_small_02": (b"CONT", "Small Chest"),
}  # fmt: skip
BOOK_TEXTS = {
    "inn_ledger": LEDGER_TEXT,
    "bk_a1_1_caiuspackage": "A sealed package. The address reads: Caius Cosades, Balmora.",
    "bookskill_acrobatics2": "A short book on falling well.",
    "sc_ondusisunhinging": "Hinges forget what they hold.",
}
QUESTS: dict[str, tuple[str, dict[int, str]]] = {
    "a1_1_findspymaster": ("Report to Caius Cosades", {
        1: "I have a package for Caius Cosades in Balmora. The South Wall Cornerclub may know where he lives.",
    }),
    "inn_ledger_errand": ("The Innkeeper's Ledger", {
        10: "Dulnea Ralaal of the Eight Plates misses her ledger. A trader took it to Arrille in Seyda Neen.",
        20: "Arrille put the ledger into a crate beside the lighthouse of Seyda Neen.",
        30: "I have the ledger. Dulnea Ralaal waits for it in Balmora.",
        100: "Dulnea Ralaal has her ledger again.",
    }),
}  # fmt: skip
TOPIC, JOURNAL = 0, 4


def of_rules() -> Iterator[bytes]:
    """Factions, races, classes, birthsigns, skills, effects and regions."""
    for faction, (name, ranks) in RANKS.items():
        yield encode(b"FACT", {"id": faction, "name": name, "ranks": ranks, "flags": 0, "skills": [-1] * 7})
    for name in REGIONS:
        yield encode(b"REGN", {"id": name, "name": name, "weather_chances": ALWAYS_CLEAR})
    for name in CLASSES:
        yield encode(b"CLAS", {"id": name, "name": name, "playable": 1})
    for name in RACES:
        yield encode(
            b"RACE",
            {"id": name, "name": name, "skills": [-1, 0] * 7, "heights": [1.0] * 2, "weights": [1.0] * 2, "flags": 1},
        )
    for name in BIRTHSIGNS:
        yield encode(b"BSGN", {"id": name, "name": name})
    for number in range(27):
        yield encode(b"SKIL", {"number": number, "attribute": 0, "specialization": number // 9, "uses": [1.0] * 4})
    for number, text in EFFECTS.items():
        yield encode(b"MGEF", {"number": number, "cost": 1.0, "flags": 0, "text": text})


def of_things(scene: Scene) -> Iterator[bytes]:
    """Items, containers, doors, activators and spells."""
    contents = {each["refId"]: each["items"] for each in scene.containers}
    for ident, (tag, name) in THINGS.items():
        values: dict[str, Any] = {"id": ident, "name": name, **_numbers_of(scene, ident, tag)}
        if tag == b"CONT":
            values |= {
                "capacity": 100.0,
                "flags": 8,
                "items": [_stack(item, "refId") for item in contents.get(ident, ())],
            }
        yield encode(tag, values)
    for ident, spell in scene.spells.items():
        least, most = spell.get("restores") or spell["damages"]
        effect = {"effect": spell["effect"], "skill": -1, "attribute": -1, "min": least, "max": most}
        yield encode(b"SPEL", {"id": ident, "name": spell["name"], "cost": spell["cost"], "effects": [effect]})


def _numbers_of(scene: Scene, ident: str, tag: bytes) -> dict[str, Any]:
    if tag in (b"CONT", b"DOOR", b"ACTI"):
        return {}
    known = scene.items.get(ident, {})
    values: dict[str, Any] = {"weight": float(known.get("weight", 1)), "value": int(known.get("value", 1))}
    if tag == b"BOOK":
        values |= {"text": BOOK_TEXTS[ident], "skill": -1, "is_scroll": int(ident.startswith("sc_"))}
    if tag == b"WEAP":
        values |= {
            "chop": known["damage"],
            "slash": known["damage"],
            "thrust": known["damage"],
            "speed": 1.0,
            "reach": 1.0,
        }
    if tag == b"INGR":
        values |= {"effects": [-1] * 4, "skills": [-1] * 4, "attributes": [-1] * 4}
    return values


def _stack(item: dict[str, Any], key: str) -> dict[str, Any]:
    return {"count": item["count"], "item": item[key]}


def of_people(scene: Scene) -> Iterator[bytes]:
    """NPCs and creatures, each once."""
    for ident, actor in {actor["refId"]: actor for actor in scene.actors}.items():
        person = scene.people.get(ident, {})
        values: dict[str, Any] = {"id": ident, "name": person.get("name", ident.title()), "flags": 8}
        values |= {"items": [_stack(item, "id") for item in actor.get("items") or ()]}
        if ident in CREATURES:
            numbers = {"level": 1, "health": actor["health"], "type": 0}
            yield encode(b"CREA", values | numbers | {"model": f"{ident}.nif"})
        else:
            numbers = {"level": 5, "disposition": 50, "reputation": 0, "rank": 0, "gold": person.get("gold", 10)}
            yield encode(b"NPC_", values | numbers | {"race": "Imperial", "class": WORK.get(ident, "Commoner")})


def of_quests() -> Iterator[bytes]:
    """The journal: each quest with its name and the text of each stage."""
    for quest, (name, stages) in QUESTS.items():
        yield encode(b"DIAL", {"id": quest, "type": JOURNAL})
        entries = [(f"{quest}.name", 0, name, {"is_name": True})]
        last = max(stages) if len(stages) > 1 else None
        entries += [(f"{quest}.{stage}", stage, text, {"finishes": stage == last}) for stage, text in stages.items()]
        yield from _chain(
            [
                {"id": ident, "type": JOURNAL, "disposition": at, "text": text, **marks}
                for ident, at, text, marks in entries
            ]
        )


def of_dialogue(scene: Scene) -> Iterator[bytes]:
    """The topics, each with what everybody says about it."""
    topics: dict[str, list[tuple[str, str]]] = {}
    for person, known in sorted(scene.people.items()):
        for topic, lines in sorted((known["topics"] or {}).items()):
            topics.setdefault(topic, []).extend((person, line["text"]) for line in lines)
    for topic, lines in topics.items():
        yield encode(b"DIAL", {"id": topic, "type": TOPIC})
        yield from _chain(
            [
                {
                    "id": f"{topic}.{number}",
                    "type": TOPIC,
                    "rank": -1,
                    "gender": -1,
                    "player_rank": -1,
                    "actor": person,
                    "text": text,
                }
                for number, (person, text) in enumerate(lines)
            ]
        )


def _chain(infos: list[dict[str, Any]]) -> Iterator[bytes]:
    """Lines of one topic, each with the ids of those before and after it."""
    for position, info in enumerate(infos):
        before = infos[position - 1]["id"] if position else ""
        after = infos[position + 1]["id"] if position + 1 < len(infos) else ""
        yield encode(b"INFO", {**info, "previous": before, "next": after})
