"""The records of RECORD_DYNAMIC, by type: things that the server made up, in the notation of `notation.py`.

`overrides` has a bit for each member that overrides one of the record it is based on.
"""

from __future__ import annotations

_TOOL = (
    "base:cstr id:cstr name:cstr model:cstr icon:cstr weight:cf32 value:<i> quality:cf32 uses:<i> script:cstr"
    " overrides:bit*8?base"
)

RECORDS: dict[str, str] = {
    "effect": "effect:i16 attribute:i8 skill:i8 range:i32 area:i32 duration:i32 magnitude_max:i32 magnitude_min:i32",
    "part": "part:u8 male:cstr female:cstr",
    "stock": "id:cstr count:<i>",
    # activator
    "record/0": "base:cstr id:cstr name:cstr model:cstr script:cstr overrides:bit*3?base",
    # apparatus
    "record/1": "base:cstr id:cstr name:cstr model:cstr icon:cstr kind:<i> weight:cf32 value:<i> quality:cf32"
    " script:cstr overrides:bit*8?base",
    # armor
    "record/2": "base:cstr id:cstr name:cstr model:cstr icon:cstr kind:i32 weight:f32 value:i32 health:i32 armor:i32"
    " enchant_points:i32 enchantment:cstr script:cstr parts:part* overrides:bit*12?base",
    # body part
    "record/3": "base:cstr id:cstr model:cstr race:cstr kind:u8 part:u8 vampire:u8 flags:u8 overrides:bit*6?base",
    # book
    "record/4": "base:cstr id:cstr name:cstr model:cstr icon:cstr text:cstr weight:f32 value:i32 scroll:i32 skill:i32"
    " enchant_points:i32 enchantment:cstr script:cstr overrides:bit*11?base",
    # cell
    "record/5": "base:cstr name:cstr",
    # clothing
    "record/6": "base:cstr id:cstr name:cstr model:cstr icon:cstr kind:i32 weight:f32 value:u16 enchant_points:u16"
    " enchantment:cstr script:cstr parts:part* overrides:bit*10?base",
    # container
    "record/7": "base:cstr id:cstr name:cstr model:cstr weight:f32 flags:i32 script:cstr inventory:stock*"
    " overrides:bit*6?base",
    # creature
    "record/8": "base:cstr inventory_base:cstr id:cstr name:cstr model:cstr scale:f32 blood:i32 kind:i32 level:i32"
    " health:i32 magicka:i32 fatigue:i32 soul:i32 attacks:i32*6 fight:u8 flee:u8 alarm:u8 services:i32 flags:u8"
    " script:cstr inventory:stock* overrides:bit*20?base",
    # door
    "record/9": "base:cstr id:cstr name:cstr model:cstr open_sound:cstr close_sound:cstr script:cstr"
    " overrides:bit*5?base",
    # enchantment
    "record/10": "base:cstr id:cstr kind:i32 cost:i32 charge:i32 flags:i32 effects:effect* overrides:bit*5?base",
    # game setting
    "record/11": "base:cstr id:cstr type:<B> number:f32?type=2 integer:i32?type=3 text:cstr?type=4",
    # ingredient
    "record/12": "base:cstr id:cstr name:cstr model:cstr icon:cstr weight:f32 value:i32 effects:{4i} attributes:{4i}"
    " skills:{4i} script:cstr overrides:bit*7?base",
    # light
    "record/13": "base:cstr id:cstr name:cstr model:cstr icon:cstr sound:cstr weight:cf32 value:<i> time:<i> radius:<i>"
    " color:<I> flags:<i> script:cstr overrides:bit*10?base",
    # lockpick
    "record/14": _TOOL,
    # miscellaneous
    "record/15": "base:cstr id:cstr name:cstr model:cstr icon:cstr weight:f32 value:i32 key:i32 script:cstr"
    " overrides:bit*7?base",
    # npc
    "record/16": "base:cstr inventory_base:cstr id:cstr name:cstr flags:u8 race:cstr model:cstr hair:cstr head:cstr"
    " class:cstr faction:cstr script:cstr level:i16 health:u16 magicka:u16 fatigue:u16 fight:u8 flee:u8 alarm:u8"
    " services:i32 kind:u8 inventory:stock* overrides:bit*19?base",
    # potion
    "record/17": "quantity:u32 base:cstr id:cstr name:cstr model:cstr icon:cstr weight:f32 value:i32 autocalc:i32"
    " script:cstr effects:effect* overrides:bit*8?base",
    # probe
    "record/18": _TOOL,
    # repair
    "record/19": _TOOL,
    # script
    "record/20": "base:cstr id:cstr text:cstr overrides:bit*1?base",
    # sound
    "record/21": "base:cstr id:cstr sound:cstr volume:u8 min_range:u8 max_range:u8 overrides:bit*4?base",
    # spell
    "record/22": "base:cstr id:cstr name:cstr kind:i32 cost:i32 flags:i32 effects:effect* overrides:bit*5?base",
    # static
    "record/23": "base:cstr id:cstr model:cstr overrides:bit*1?base",
    # weapon
    "record/24": "quantity:u32 base:cstr id:cstr name:cstr model:cstr icon:cstr kind:i16 weight:f32 value:i32"
    " health:u16 speed:f32 reach:f32 chop:u8*2 slash:u8*2 thrust:u8*2 flags:i32 enchant_points:u16 enchantment:cstr"
    " script:cstr overrides:bit*16?base",
}
