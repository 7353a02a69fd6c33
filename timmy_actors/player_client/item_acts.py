"""What a player does with things: doors, containers, items, what it wears, and whom it asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.errors import RefusedError
from timmy_actors.player_client.body import TAKEN, Act, Answer, Body, Done, line, reference, require, unique_index
from timmy_actors.player_client.view import SLOTS

OPEN_DOOR = 1


def open_thing(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Use a thing within reach by its `unique_index`: go through a door, open a container, talk to a person."""
    del now
    key, thing = body.within_reach(params["unique_index"])
    body.send_objects(
        "OBJECT_ACTIVATE",
        {
            "is_player": False,
            **reference(key, thing),
            "activator": {"is_player": True, "guid": body.session.view.me.guid},
        },
    )

    def then(_: Mapping[str, Any]) -> Answer:
        contents = thing.get("contents")
        return body.where() if contents is None else {**body.where(), "items": [dict(item) for item in contents]}

    body.wait("OBJECT_ACTIVATE", key, done, then)


def swing(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Open or close a door that leads nowhere else, within reach, by its `unique_index`."""
    del now
    key, door = body.within_reach(params["unique_index"])
    state = int(params.get("state", OPEN_DOOR))
    body.send_objects("DOOR_STATE", {**reference(key, door), "state": state})
    body.wait("DOOR_STATE", key, done, lambda _: body.where())


def stack_in(body: Body, params: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """A stack of a container within reach, with `count` of an `item`.

    Raises:
        RefusedError: there are not so many.
    """
    _, thing = body.within_reach(params["unique_index"])
    count = int(params.get("count", 1))
    stack = next((item for item in thing.get("contents", ()) if item["ref_id"] == params["item"]), None)
    if stack is None or not 0 < count <= stack["count"]:
        raise RefusedError("no_such_target", f"the container has not {count} of {params['item']}", "item")
    return stack, count


def take(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Pick a thing up, or take `count` of an `item` out of a container."""
    del now
    key, thing = body.within_reach(params["unique_index"])
    if params.get("item") is None:
        body.send_objects("OBJECT_DELETE", reference(key, thing))
        body.wait("OBJECT_DELETE", key, done, lambda _: body.receive_item(thing, thing.get("count", 1)))
        return
    stack, count = stack_in(body, params)
    items = [{**stack, "action_count": count}]
    body.send_objects("CONTAINER", {**reference(key, thing), "items": items}, action=2, sub_action=1)

    def then(allowed: Mapping[str, Any]) -> Answer | RefusedError:
        taken = sum(max(0, item["action_count"]) for item in allowed["items"] if item["ref_id"] == stack["ref_id"])
        return body.receive_item(stack, min(taken, count)) if taken else TAKEN

    body.wait("CONTAINER", key, done, then)


def put(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Put `count` of an `item` of the inventory into a container."""
    del now
    key, thing = body.within_reach(params["unique_index"])
    item, count = body.own(params["item"], int(params.get("count", 1)))
    items = [{**item, "count": count, "enchantment_charge": float(item["enchantment_charge"]), "action_count": 0}]
    body.send_objects("CONTAINER", {**reference(key, thing), "items": items}, action=1, sub_action=2)
    body.wait("CONTAINER", key, done, lambda _: body.lose_item(item, count))


def drop(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Drop `count` of an `item` of the inventory here."""
    del now
    item, count = body.own(params["item"], int(params.get("count", 1)))
    placed = {
        "ref_id": item["ref_id"],
        "ref_num": 0,
        "mp_num": 0,
        "count": count,
        "charge": item["charge"],
        "enchantment_charge": float(item["enchantment_charge"]),
        "soul": item["soul"],
        "gold_value": 1,
        "position": body.placement(),
        "dropped_by_player": True,
        "has_container": False,
    }
    body.send_objects("OBJECT_PLACE", placed)
    body.wait(
        "OBJECT_PLACE",
        None,
        done,
        lambda thing: {**body.lose_item(item, count), "unique_index": unique_index(thing)},
    )


def equip(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Wear or hold an `item` of the inventory in a `slot` (0 to 18), or nothing without one."""
    del now
    slot = int(params["slot"])
    require(0 <= slot < SLOTS, "bad_arguments", f"slot: must be from 0 to {SLOTS - 1}")
    worn = {"ref_id": "", "count": 0, "charge": -1, "enchantment_charge": -1.0}
    if params.get("item"):
        item, _ = body.own(params["item"], 1)
        worn = {**{name: item[name] for name in worn}, "count": 1}
    body.session.send("PLAYER_EQUIPMENT", full=False, changes=[{"slot": slot, **worn}])
    if worn["ref_id"]:
        body.session.view.me.equipment[slot] = worn
    else:
        body.session.view.me.equipment.pop(slot, None)
    done({})


def choose_topic(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Ask a person about a `topic`; what it answers stands in the game's data, which this client does not have."""
    key, person = body.within_reach(params["unique_index"])
    choice = {**reference(key, person), "kind": 0, "topic": line(params["topic"], "topic"), "gui_id": 0}
    body.send_objects("OBJECT_DIALOGUE_CHOICE", choice)
    del now
    done({})


def trade(body: Body, params: Mapping[str, Any], now: float, done: Done) -> None:
    """Put `give_count` of `give` into a container and take `take_count` of `take` out of it, or neither."""
    where = params["unique_index"]
    given = {"unique_index": where, "item": params["give"], "count": int(params.get("give_count", 1))}
    wanted = {"unique_index": where, "item": params["take"], "count": int(params.get("take_count", 1))}
    stack_in(body, wanted)

    def taken(answer: Answer | RefusedError) -> None:
        if isinstance(answer, RefusedError):
            body.act("take", given, body.now, lambda _: done(answer))
        else:
            done({"gave": given["item"], "took": answer["item"], "count": answer["count"]})

    def put_in(answer: Answer | RefusedError) -> None:
        if isinstance(answer, RefusedError):
            done(answer)
        else:
            body.act("take", wanted, body.now, taken)

    put(body, given, now, put_in)


ITEM_ACTS: dict[str, Act] = {
    "open": open_thing,
    "swing_door": swing,
    "take": take,
    "put": put,
    "trade": trade,
    "drop": drop,
    "equip": equip,
    "choose_topic": choose_topic,
}
"""The acts, by name."""
