"""What the body does, against the stand-in server's rules."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.stand_in.game import SPAWN
from tests.player_client.logins import TIMMY, Host
from tests.player_client.played import BARREL, DOOR, GUARD, INSIDE, SHIELD, Played, X, Y, Z, stored
from timmy_actors.errors import RefusedError
from timmy_actors.player_client.body import Answer, Body
from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.item_acts import ITEM_ACTS
from timmy_actors.player_client.movement import Journey, units_per_second
from timmy_actors.player_client.packets.packet import Packet


@pytest.mark.parametrize(("pace", "speed"), [("walk", 140.0), ("sneak", 105.0), ("run", 273.0)])
def test_a_player_goes_at_the_games_speed(pace: str, speed: float) -> None:
    assert units_per_second(pace, 40, 20) == pytest.approx(speed)  # type: ignore[arg-type]
    played = Played()
    answer = played.act("move", 5.5, points=[(X, Y + 5000, Z)], pace=pace, seconds=5.0)
    assert answer["ended_by"] == "time"
    assert answer["covered"] == pytest.approx(5 * speed, rel=0.03)
    assert played.guest.last["PLAYER_POSITION"]["position"][1] == pytest.approx(Y + answer["covered"])


def test_positions_are_sent_ten_times_a_second_and_once_after_stopping() -> None:
    played = Played()
    before = played.guest.packets
    played.act("move", 3.5, points=[(X, Y + 5000, Z)], pace="run", seconds=3.0)
    assert 28 <= played.guest.packets - before <= 36
    assert played.guest.last["PLAYER_ANIM_FLAGS"]["movement_flags"] == 0
    assert played.guest.last["PLAYER_POSITION"]["direction"] == (0.0,) * 6


def test_a_way_is_followed_round_its_corners_to_its_end() -> None:
    played = Played()
    answer = played.act("move", 5, points=[(X, Y + 100, Z), (X + 100, Y + 100, Z), (X + 100, Y, Z)], pace="run")
    assert (answer["ended_by"], answer["x"], answer["y"]) == ("arrival", X + 100, Y)
    assert answer["yaw"] == pytest.approx(180)


def test_another_cell_is_entered_on_the_way() -> None:
    played = Played()
    there = (X, -65_000.0, Z)
    played.act("move", 30, points=[there], pace="run")
    assert played.client.session.view.me.cell == Cell("", -2, -8)
    assert played.guest.loaded == {Cell("", -2, -8)}
    assert played.client.session.view.authority == {Cell("", -2, -8)}


def test_a_second_way_replaces_the_first() -> None:
    played = Played()
    played.begin("move", points=[(X, Y + 5000, Z)])
    played.run(1)
    played.begin("move", points=[(X, Y - 5000, Z)])
    first = played.answers.pop()
    assert not isinstance(first, RefusedError)
    assert first["ended_by"] == "replaced"
    assert played.act("stop_moving")["y"] < Y + 200


def test_a_player_turns_looks_and_jumps() -> None:
    played = Played()
    assert played.act("turn", yaw=90, pitch=-10)["yaw"] == pytest.approx(90)
    assert played.act("turn", by=-180)["yaw"] == pytest.approx(-90)
    assert played.guest.last["PLAYER_POSITION"]["position"][3] == pytest.approx(math.radians(-10))
    played.act("jump")
    assert played.guest.last["PLAYER_ANIM_FLAGS"]["jumping"] is False


def test_what_is_said_comes_back_from_the_server() -> None:
    played = Played()
    played.act("say", text="good morning")
    assert played.client.session.view.chat[-1] == "Timmy (0): good morning"
    assert played.refused("say", text="two\nlines").code == "bad_arguments"


def test_a_door_leads_to_its_destination_once_the_server_agrees() -> None:
    played = Played()
    answer = played.act("open", unique_index=DOOR)
    assert answer["cell"] == INSIDE.description
    assert played.client.session.view.me.cell == INSIDE
    assert (answer["x"], answer["y"], answer["z"]) == (1.0, 2.0, 3.0)
    assert played.guest.loaded == {INSIDE}


def test_a_door_that_the_scripts_keep_shut_is_a_refusal() -> None:
    played = Played()
    played.host.game.network.silent = True
    refusal = played.refused("open", 6, unique_index=DOOR)
    assert refusal.code == "game_refused"
    assert "5 s" in refusal.message


def test_items_are_taken_out_of_a_container_and_put_in() -> None:
    played = Played()
    assert [item["ref_id"] for item in played.act("open", unique_index=BARREL)["items"]] == ["bread"]
    assert played.act("take", unique_index=BARREL, item="bread", count=2) == {"item": "bread", "count": 2}
    assert played.guest.last["PLAYER_INVENTORY"]["items"][0]["count"] == 2
    assert {item["ref_id"]: item["count"] for item in played.client.session.view.inventory} == {
        "gold_001": 50,
        "bread": 2,
    }
    played.act("put", unique_index=BARREL, item="gold_001", count=10)
    contents = played.act("open", unique_index=BARREL)["items"]
    assert {item["ref_id"]: item["count"] for item in contents} == {"bread": 1, "gold_001": 10}
    assert played.refused("take", unique_index=BARREL, item="bread", count=9).code == "no_such_target"


def test_what_is_dropped_can_be_picked_up() -> None:
    played = Played()
    dropped = played.act("drop", item="gold_001", count=5)
    assert played.client.session.view.inventory[0]["count"] == 45
    assert played.act("take", unique_index=dropped["unique_index"]) == {"item": "gold_001", "count": 5}
    assert played.client.session.view.inventory[0]["count"] == 50
    assert played.refused("take", unique_index=dropped["unique_index"]).code == "no_such_target"


def take_with_a_rival(played: Played, name: str, **params: Any) -> Answer | RefusedError:
    """What an act is answered, if another player did the same at once and the server heard that one first."""
    rival = played.host.join(replace(TIMMY, name="Jiub"))
    played.run(1)
    other = Body(rival.session, ITEM_ACTS)
    other.act(name, params, played.host.now, lambda _: None)
    played.host.run(0.03)
    played.begin(name, **params)
    played.run(0.3)
    return played.answers.pop()


def test_only_one_of_two_players_picks_a_thing_up() -> None:
    played = Played()
    dropped = played.act("drop", item="gold_001", count=5)
    answer = take_with_a_rival(played, "take", unique_index=dropped["unique_index"])
    assert isinstance(answer, RefusedError)
    assert answer.code == "no_such_target"
    assert played.client.session.view.inventory[0]["count"] == 45


def test_only_one_of_two_players_gets_what_a_container_has() -> None:
    played = Played()
    answer = take_with_a_rival(played, "take", unique_index=BARREL, item="bread", count=3)
    assert isinstance(answer, RefusedError)
    assert [item["ref_id"] for item in played.client.session.view.inventory] == ["gold_001"]


def test_what_another_player_does_is_not_taken_for_the_own_act() -> None:
    played = Played()
    rival = played.host.join(replace(TIMMY, name="Jiub"))
    played.run(1)
    played.host.game.network.silent = True
    played.begin("drop", item="gold_001", count=5)
    others = Packet("OBJECT_PLACE", rival.session.view.me.guid, {"objects": [{"ref_num": 0, "mp_num": 7}]})
    played.body.receive(others)
    played.run(6)
    assert isinstance(played.answers.pop(), RefusedError)


def test_what_is_worn_is_reported() -> None:
    played = Played()
    played.act("equip", slot=16, item="gold_001")
    assert played.guest.last["PLAYER_EQUIPMENT"]["changes"][0]["ref_id"] == "gold_001"
    played.act("equip", slot=16)
    assert played.client.session.view.me.equipment == {}
    assert played.refused("equip", slot=19).code == "bad_arguments"


def test_topics_are_chosen_and_dialogs_answered() -> None:
    played = Played()
    played.act("choose_topic", unique_index=GUARD, topic="background")
    assert played.guest.last["OBJECT_DIALOGUE_CHOICE"]["objects"][0]["topic"] == "background"
    assert played.refused("answer_dialog", data="0").code == "no_such_target"


def test_combat_is_off_by_default() -> None:
    assert played_codes(Played()) == ["not_permitted"] * 3
    fighter = Played(combat=True)
    fighter.act("attack", unique_index=GUARD, damage=4.0)
    assert fighter.guest.last["PLAYER_ATTACK"]["damage"] == 4.0
    assert fighter.refused("cast", spell="fireball").code == "no_such_target"
    rat = {"ref_num": 504, "mp_num": 0, "position": (X, Y + 50, Z, 0.0, 0.0, 0.0), "direction": (0.0,) * 6}
    fighter.client.session.receive(Packet("ACTOR_POSITION", 7, {**SPAWN.fields(), "actors": [rat]}))
    fighter.act("attack", unique_index="504-0", damage=2.0)
    struck = fighter.guest.last["PLAYER_ATTACK"]["target"]
    assert (struck["ref_id"], struck["ref_num"]) == ("", 504), "another client has only said where it is"


def played_codes(played: Played) -> list[str]:
    """What attacking and casting is refused with."""
    return [played.refused("attack", unique_index=GUARD).code, played.refused("cast", spell="fireball").code,
            played.refused("block").code]  # fmt: skip


def test_a_blow_takes_health_and_the_last_one_the_life() -> None:
    played = Played()
    played.strike(30.0)
    assert played.guest.last["PLAYER_STATS_DYNAMIC"]["changes"][0]["value"][2] == 70.0
    played.strike(30.0, by_actor=True)
    played.strike(-50.0)
    played.strike(50.0, hit=False)
    assert played.client.session.view.me.health == 40.0
    played.strike(1e30)
    assert "PLAYER_DEATH" in played.guest.last
    played.run(0.5)
    assert (played.client.session.view.me.health, played.client.session.view.me.dead) == (100.0, False)


def test_others_see_a_death_and_the_life_after_it() -> None:
    played = Played()
    other = played.host.join(replace(TIMMY, name="Jiub")).session.view
    played.run(1)
    seen = other.others[played.guest.guid]
    played.host.game.revives = False
    played.strike(500.0)
    played.run(0.2)
    assert (seen.dead, seen.health) == (True, 0.0)
    played.host.game.send(played.guest.guid, "PLAYER_RESURRECT", played.host.now, type=0)
    played.run(0.3)
    assert (seen.dead, seen.health) == (False, 100.0)


def test_a_shield_is_held_up_and_its_blocks_counted() -> None:
    played = Played(combat=True)
    assert played.refused("block").code == "game_refused"
    played.client.session.view.me.equipment[17] = SHIELD
    assert played.refused("block", seconds=61).code == "bad_arguments"
    played.begin("block", seconds=2.0)
    played.run(0.1)
    assert played.guest.last["PLAYER_ANIM_FLAGS"]["draw_state"] == 1
    played.strike(30.0, block=True)
    assert played.answers == []
    played.run(2.5)
    assert played.answers.pop() == {"blocked": 1}
    assert played.guest.last["PLAYER_ANIM_FLAGS"]["draw_state"] == 0
    assert played.client.session.view.me.health == 100.0
    played.begin("block", seconds=2.0)
    gone = RefusedError("unavailable", "gone")
    played.body.end(gone)
    assert played.answers == [gone]


def test_rest_heals_by_the_games_formulas_where_the_server_allows_it() -> None:
    played = Played()
    played.strike(30.0)
    assert "just struck" in played.refused("rest").message
    played.run(11)
    played.client.session.view.me.stats[7] = 20.0
    assert played.act("rest", hours=2) == {"health": 78.0, "magicka": 32.0, "fatigue": 100.0}
    assert played.guest.last["PLAYER_STATS_DYNAMIC"]["stats"][2] == 78.0
    assert played.act("rest", hours=24)["health"] == 100.0
    assert played.refused("rest", hours=25).code == "bad_arguments"
    played.client.session.settings = {"wilderness_rest": False}
    assert "allowWildernessRest" in played.refused("rest").message


def test_things_are_exchanged_in_a_container_or_not_at_all() -> None:
    played = Played()
    traded = played.act("trade", unique_index=BARREL, give="gold_001", give_count=10, take="bread", take_count=2)
    assert traded == {"gave": "gold_001", "took": "bread", "count": 2}
    assert stacks(played) == {"gold_001": 40, "bread": 2}
    assert played.refused("trade", unique_index=BARREL, give="bread", take="ale").code == "no_such_target"
    assert played.refused("trade", unique_index=BARREL, give="ale", take="bread").code == "no_such_target"
    assert stacks(played) == {"gold_001": 40, "bread": 2}


def test_what_was_given_comes_back_if_another_player_was_faster() -> None:
    played = Played()
    answer = take_with_a_rival(played, "take", unique_index=BARREL, item="bread", count=3)
    assert isinstance(answer, RefusedError)
    contents = played.client.session.view.objects[502, 0]["contents"]
    contents.append(stored("bread", 3))  # this client has not heard of it yet
    trade = played.refused("trade", 0.5, unique_index=BARREL, give="gold_001", give_count=10, take="bread")
    assert trade.code == "no_such_target"
    assert stacks(played) == {"gold_001": 50}


def stacks(played: Played) -> dict[str, int]:
    """The inventory."""
    return {item["ref_id"]: item["count"] for item in played.client.session.view.inventory}


def test_what_is_far_away_or_unknown_is_out_of_reach() -> None:
    played = Played()
    played.act("move", 5, points=[(X + 400, Y, Z)], pace="run")
    assert played.refused("choose_topic", unique_index=GUARD, topic="x").code == "game_refused"
    assert played.refused("open", unique_index="9-9").code == "no_such_target"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("move", {"points": []}),
        ("move", {"points": [(0, 0, math.inf)]}),
        ("move", {"points": [(0, 0, 0)], "pace": "fly"}),
        ("move", {"points": [(0, 0, 0)], "seconds": 10_000}),
        ("move", {}),
        ("open", {"unique_index": "door"}),
        ("move", {"side": 0, "distance": 10**400}),
        ("turn", {"yaw": "north"}),
        ("turn", {"yaw": math.nan}),
        ("turn", {"by": 10**400}),
        ("turn", {"pitch": math.nan}),
        ("say", {"text": ""}),
        ("say", {"text": "two\nlines"}),
        ("say", {"text": "a zero\0byte"}),
        ("say", {"text": "half a pair \ud83d"}),
    ],
)
def test_arguments_that_cannot_be_are_refused(name: str, params: dict[str, Any]) -> None:
    played = Played()
    assert played.refused(name, **params).code == "bad_arguments"
    assert played.client.malformed_packets == 0


def test_nobody_looks_farther_than_up_or_down() -> None:
    played = Played()
    played.act("turn", pitch=1e300)
    assert played.body.placement()[3] == math.pi / 2


def test_a_body_that_is_not_in_the_world_does_nothing() -> None:
    answers: list[Answer | RefusedError] = []
    body = Body(Host().join(replace(TIMMY, name="Jiub")).session)
    body.act("say", {"text": "hello"}, 0.0, answers.append)
    body.act("fly", {}, 0.0, answers.append)
    assert [getattr(answer, "code", None) for answer in answers] == ["unavailable", "unavailable"]


def test_the_end_of_the_connection_answers_what_waits() -> None:
    played = Played()
    played.begin("move", points=[(X, Y + 5000, Z)])
    played.begin("open", unique_index=DOOR)
    gone = RefusedError("unavailable", "gone")
    played.body.end(gone)
    assert played.answers == [gone, gone]


def test_a_way_without_a_distance_ends_at_once() -> None:
    journey = Journey([(0.0, 0.0, 0.0)], "walk", 100.0, 0.0, 10.0)
    assert journey.advance((0.0, 0.0, 0.0), 1.0) == ((0.0, 0.0, 0.0), None)
    assert journey.arrived


def test_a_host_that_wakes_late_sends_as_many_positions() -> None:
    journey, here, now, sent = Journey([(9000.0, 0.0, 0.0)], "walk", 100.0, 0.0, 60.0), (0.0, 0.0, 0.0), 0.0, 0
    while now < 50.0:
        now = journey.due + 0.004
        here, _ = journey.advance(here, now)
        sent += 1
    assert sent == 500
    assert here[0] == pytest.approx(now * 100.0)


def test_positions_that_were_missed_are_not_made_up_for() -> None:
    journey = Journey([(9000.0, 0.0, 0.0)], "walk", 100.0, 0.0, 60.0)
    here, _ = journey.advance((0.0, 0.0, 0.0), 7.03)
    assert here[0] == pytest.approx(703.0)
    assert journey.due == pytest.approx(7.1)
    journey.advance(here, 7.05)
    assert journey.due == pytest.approx(7.1)
