"""The records of a TES3 plugin, declared: for each its kind, what identifies it, and its subrecords.

Subrecords that are not declared (scripts' code, models of body parts, sounds of effects) are skipped.
Sources: UESP, "Morrowind Mod:Mod File Format"; the fields of OpenMW's `components/esm3`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from timmy_actors.gamedata.fields import Field, Mark, Raw, Text, numbers

HEIGHTS_BYTES = 4232
"""VHGT: a float, 65 x 65 differences of one byte, and 3 bytes of padding."""


@dataclass(frozen=True)
class RecordType:
    """A kind of record: the name of the value that identifies it, and its declared subrecords."""

    kind: str
    key: str
    fields: dict[bytes, Field]
    is_item: bool = False
    """Whether a player can carry it."""


def _record(kind: str, key: str = "id", **fields: Field) -> RecordType:
    declared: dict[bytes, Field] = {tag.encode(): field for tag, field in fields.items()}
    if key == "id" and "NAME" not in fields:
        declared = {b"NAME": Text("id"), **declared}
    return RecordType(kind, key, {**declared, b"DELE": Mark("deleted")})


def _object(kind: str, **fields: Field) -> RecordType:
    """A thing with a model, a name and a script."""
    named: dict[str, Field] = {"MODL": Text("model"), "FNAM": Text("name"), "SCRI": Text("script"), **fields}
    return _record(kind, "id", **named)


def _item(kind: str, **fields: Field) -> RecordType:
    return replace(_object(kind, ITEX=Text("icon"), **fields), is_item=True)


_EFFECT = numbers("hbbiiiii", "effect skill attribute range area duration min max", into="effects")
_STACK = numbers("i32s", "count item", into="items")
_SPELLS = Text("spells", many=True)
_BEHAVIOUR = numbers("HBBBxxxI", "greeting_range fight flee alarm services")
_WANDER = numbers(
    "hhB8BB", "distance duration hour idle:8 repeats", ("hhB8B", "distance duration hour idle:8"), into="wander"
)
_TRAVEL = numbers("fffBxxx", "x y z repeats", into="travel")
_FOLLOW = numbers("fffh32sBx", "x y z duration target repeats", into="follow")
_ESCORT = numbers("fffh32sBx", "x y z duration target repeats", into="escort")
_ACTIVATE = numbers("32sB", "target repeats", into="activate")
_TRANSPORT = numbers("6f", "x y z pitch roll yaw", into="transport")
_PARTS: dict[str, Field] = {"BNAM": Text("male_parts", many=True), "CNAM": Text("female_parts", many=True)}
_TOOL = "fifi"
_ACTOR: dict[str, Field] = {
    "NPCO": _STACK, "NPCS": _SPELLS, "AIDT": _BEHAVIOUR, "AI_W": _WANDER, "AI_T": _TRAVEL, "AI_F": _FOLLOW,
    "AI_E": _ESCORT, "AI_A": _ACTIVATE, "DODT": _TRANSPORT, "DNAM": Text("transport_cells", many=True),
    "FLAG": numbers("i", "flags"), "XSCL": numbers("f", "scale"),
}  # fmt: skip
_NPC_LONG = ("h8B27BxHHHBBBxi", "level attributes:8 skills:27 health magicka fatigue disposition reputation rank gold")
_NPC_SHORT = ("hBBBxxxi", "level disposition reputation rank gold")
_CREATURE = "type level attributes:8 health magicka fatigue soul combat magic stealth attacks:6 gold"

HEADER = _record(
    "header", "author",
    FORM=numbers("i", "format"),
    HEDR=numbers("fI32s256sI", "version type author description records"),
    MAST=Text("masters", many=True),
    DATA=numbers("Q", "size", into="master_sizes"),
)  # fmt: skip
"""The first record of a file. `version` is 1.2 or 1.3."""

CELL = _record(
    "cell", "cell",
    NAME=Text("name"), DATA=numbers("Iii", "flags x y"), RGNN=Text("region"), NAM5=numbers("I", "map_color"),
    WHGT=numbers("f", "water"), INTV=numbers("i", "water_steps"),
    AMBI=numbers("IIIf", "ambient sunlight fog fog_density"),
)  # fmt: skip
"""The subrecords of a cell before its references."""

REFERENCE = _record(
    "reference", "number",
    FRMR=numbers("I", "number"), NAME=Text("id"), UNAM=numbers("B", "blocked"), XSCL=numbers("f", "scale"),
    ANAM=Text("owner"), BNAM=Text("global"), CNAM=Text("faction"), INDX=numbers("i", "rank"), XSOL=Text("soul"),
    XCHG=numbers("f", "enchantment_charge"), INTV=numbers("i", "charge"), NAM9=numbers("i", "count"),
    DODT=numbers("6f", "to_x to_y to_z to_pitch to_roll to_yaw"), DNAM=Text("to_cell"),
    FLTV=numbers("i", "lock_level"), KNAM=Text("key"), TNAM=Text("trap"), DATA=numbers("6f", "x y z pitch roll yaw"),
)  # fmt: skip
"""A thing in a cell, from its FRMR on."""

INFO = _record(
    "info", "id",
    INAM=Text("id"), PNAM=Text("previous"), NNAM=Text("next"),
    DATA=numbers("iibbbx", "type disposition rank gender player_rank"),
    ONAM=Text("actor"), RNAM=Text("race"), CNAM=Text("class"), FNAM=Text("faction"), ANAM=Text("cell"),
    DNAM=Text("player_faction"), SNAM=Text("sound"), NAME=Text("text"), SCVR=Text("conditions", many=True),
    QSTN=Mark("is_name"), QSTF=Mark("finishes"), QSTR=Mark("restarts"),
)  # fmt: skip
"""A line of dialogue, or an entry of the journal, of the DIAL before it. `disposition` is then the journal's index."""

LAND = _record(
    "land", "land",
    INTV=numbers("ii", "x y"), DATA=numbers("I", "flags"), VHGT=Raw("heights", HEIGHTS_BYTES),
)  # fmt: skip
PATH_GRID = _record(
    "path_grid", "path_grid",
    DATA=numbers("iihh", "x y granularity points"), NAME=Text("cell"), PGRP=Raw("nodes"), PGRC=Raw("edges"),
)  # fmt: skip

RECORDS = MappingProxyType({
    b"TES3": HEADER,
    b"GMST": _record("setting", STRV=Text("text"), INTV=numbers("i", "integer"), FLTV=numbers("f", "number")),
    b"GLOB": _record("global", FNAM=Text("type"), FLTV=numbers("f", "number")),
    b"CLAS": _record(
        "class", FNAM=Text("name"), DESC=Text("text"),
        CLDT=numbers("15i", "attributes:2 specialization skills:10 playable services"),
    ),
    b"FACT": _record(
        "faction", FNAM=Text("name"), RNAM=Text("ranks", many=True),
        FADT=numbers("60i", "attributes:2 requirements:50 skills:7 flags"),
        ANAM=Text("reactions", many=True), INTV=numbers("i", "amount", into="reaction_amounts"),
    ),
    b"RACE": _record(
        "race", FNAM=Text("name"), DESC=Text("text"), NPCS=_SPELLS,
        RADT=numbers("30i4fi", "skills:14 attributes:16 heights:2 weights:2 flags"),
    ),
    b"SOUN": _record("sound", FNAM=Text("file"), DATA=numbers("BBB", "volume min_range max_range")),
    b"SKIL": _record(
        "skill", "number", INDX=numbers("i", "number"), SKDT=numbers("ii4f", "attribute specialization uses:4"),
        DESC=Text("text"),
    ),
    b"MGEF": _record(
        "effect", "number", INDX=numbers("i", "number"),
        MEDT=numbers("if4i3f", "school cost flags red green blue size_x speed size_cap"),
        ITEX=Text("icon"), DESC=Text("text"),
    ),
    b"SCPT": _record("script", SCHD=numbers("32s5I", "id shorts longs floats code_bytes names_bytes")),
    b"REGN": _record(
        "region", FNAM=Text("name"), BNAM=Text("sleep_creature"),
        WEAT=numbers("10B", "weather_chances:10", ("8B", "weather_chances:8")),
    ),
    b"BSGN": _record("birthsign", FNAM=Text("name"), TNAM=Text("icon"), DESC=Text("text"), NPCS=_SPELLS),
    b"LTEX": _record("land_texture", INTV=numbers("i", "number"), DATA=Text("file")),
    b"SSCR": _record("start_script", "script", DATA=Text("number"), NAME=Text("script")),
    b"STAT": _record("static", MODL=Text("model")),
    b"DOOR": _object("door", SNAM=Text("open_sound"), ANAM=Text("close_sound")),
    b"ACTI": _object("activator"),
    b"CONT": _object("container", CNDT=numbers("f", "capacity"), FLAG=numbers("i", "flags"), NPCO=_STACK),
    b"MISC": _item("miscellaneous", MCDT=numbers("fii", "weight value is_key")),
    b"WEAP": _item(
        "weapon", ENAM=Text("enchantment"),
        WPDT=numbers(
            "fihHffH6Bi",
            "weight value type health speed reach enchantment_points chop:2 slash:2 thrust:2 flags",
        ),
    ),
    b"ARMO": _item(
        "armor", ENAM=Text("enchantment"), INDX=numbers("B", "part", into="parts"), **_PARTS,
        AODT=numbers("ifiiii", "type weight value health enchantment_points rating"),
    ),
    b"CLOT": _item(
        "clothing", ENAM=Text("enchantment"), INDX=numbers("B", "part", into="parts"), **_PARTS,
        CTDT=numbers("ifHH", "type weight value enchantment_points"),
    ),
    b"BOOK": _item(
        "book", ENAM=Text("enchantment"), TEXT=Text("text"),
        BKDT=numbers("fiiii", "weight value is_scroll skill enchantment_points"),
    ),
    b"LIGH": _item("light", SNAM=Text("sound"), LHDT=numbers("fiiiIi", "weight value seconds radius color flags")),
    b"INGR": _item("ingredient", IRDT=numbers("fi12i", "weight value effects:4 skills:4 attributes:4")),
    b"ALCH": _item("potion", TEXT=Text("picture"), ALDT=numbers("fii", "weight value automatic"), ENAM=_EFFECT),
    b"APPA": _item("apparatus", AADT=numbers("iffi", "type quality weight value")),
    b"LOCK": _item("lockpick", LKDT=numbers(_TOOL, "weight value quality uses")),
    b"PROB": _item("probe", PBDT=numbers(_TOOL, "weight value quality uses")),
    b"REPA": _item("repair_tool", RIDT=numbers("fiif", "weight value uses quality")),
    b"SPEL": _record("spell", FNAM=Text("name"), SPDT=numbers("iii", "type cost flags"), ENAM=_EFFECT),
    b"ENCH": _record("enchantment", ENDT=numbers("iiii", "type cost charge automatic"), ENAM=_EFFECT),
    b"BODY": _record(
        "body_part", MODL=Text("model"), FNAM=Text("race"), BYDT=numbers("BBBB", "part vampire flags type")
    ),
    b"NPC_": _object(
        "npc", RNAM=Text("race"), CNAM=Text("class"), ANAM=Text("faction"), BNAM=Text("head"), KNAM=Text("hair"),
        NPDT=numbers(*_NPC_LONG, _NPC_SHORT), **_ACTOR,
    ),
    b"CREA": _object("creature", CNAM=Text("sounds_of"), NPDT=numbers("24i", _CREATURE), **_ACTOR),
    b"LEVI": _record(
        "leveled_items", DATA=numbers("i", "flags"), NNAM=numbers("B", "chance_none"), INDX=numbers("i", "length"),
        INAM=Text("items", many=True), INTV=numbers("H", "level", into="levels"),
    ),
    b"LEVC": _record(
        "leveled_creatures", DATA=numbers("i", "flags"), NNAM=numbers("B", "chance_none"),
        INDX=numbers("i", "length"), CNAM=Text("creatures", many=True), INTV=numbers("H", "level", into="levels"),
    ),
    b"SNDG": _record("sound_generator", DATA=numbers("i", "type"), CNAM=Text("creature"), SNAM=Text("sound")),
    b"DIAL": _record("dialogue", DATA=numbers("B", "type")),
    b"INFO": INFO,
    b"CELL": CELL,
    b"LAND": LAND,
    b"PGRD": PATH_GRID,
})  # fmt: skip
"""Every kind of record, by the name that it has in a file. Others are skipped."""

ITEM_KINDS = frozenset(declared.kind for declared in RECORDS.values() if declared.is_item)
TOPIC, VOICE, GREETING, PERSUASION, JOURNAL = range(5)
"""The types of dialogue."""
INTERIOR = 1
"""The flag of an interior cell."""
