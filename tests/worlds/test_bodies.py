"""One suite for every body in the embedded world of a real daemon, the client's on the stand-in server; and what only
one kind of body can do.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from tests.player_client.bodies import client_body, furnished_server
from tests.waiting import PATIENCE_S
from timmy_actors import RefusedError, Runtime, connect
from timmy_actors.client import aconnect
from timmy_actors.protocol import Action, Position
from timmy_actors.worlds import (
    AsyncPlayerBody,
    AsyncWorld,
    ClientBody,
    CompositeBody,
    DesktopBody,
    Near,
    NearPoint,
    NpcBody,
    PlayerBody,
    Point,
    Progress,
    Turn,
    Walk,
    WorldInterface,
    flee,
    follow,
    give,
    go_to,
    pick_up,
    say_to,
    talk_about,
    use_door,
)

ARRILLES = "Seyda Neen, Arrille's Tradehouse"
BOTTLE = "misc_com_bottle_01"


Body = PlayerBody | NpcBody | DesktopBody | ClientBody


def body_of(kind: str, world: Runtime, timmy: PlayerBody, request: pytest.FixtureRequest) -> Iterator[Body]:
    if kind in ("composite", "desktop"):
        request.getfixturevalue("window")
    match kind:
        case "client":
            peer, folder = request.getfixturevalue("peer"), request.getfixturevalue("tmp_path")
            with furnished_server() as server, client_body(server, peer, folder) as body:
                yield body
        case "player":
            yield timmy
        case "composite":
            yield CompositeBody(world)
        case "desktop":
            yield DesktopBody(world)
        case _:
            with NpcBody.spawn(world, "rat") as npc:
                yield npc


@pytest.fixture(params=["player", "npc", "composite", "desktop", "client"])
def body(world: Runtime, timmy: PlayerBody, request: pytest.FixtureRequest) -> Iterator[Body]:
    """Every body."""
    yield from body_of(request.param, world, timmy, request)


@pytest.fixture(params=["player", "npc", "composite"])
def walker(world: Runtime, timmy: PlayerBody, request: pytest.FixtureRequest) -> Iterator[Body]:
    """Every body that knows where it is in the embedded world; `test_client_body.py` has the client's ways."""
    yield from body_of(request.param, world, timmy, request)


def where(body: WorldInterface) -> Position:
    position = body.observe().position
    assert position is not None
    return position


def test_every_body_observes_acts_and_speaks(body: WorldInterface) -> None:
    assert isinstance(body, WorldInterface)
    before = body.observe()
    assert not before.stale, before.stale_reason
    said = body.speak("Squeak!", command_id=f"squeak-{type(body).__name__}")
    assert said.success, said.reason
    again = body.speak("Squeak!", command_id=f"squeak-{type(body).__name__}")
    assert (again.outcome, again.command_id) == ("done", f"squeak-{type(body).__name__}")
    assert body.observe(after=said, deadline_s=PATIENCE_S).timestamp > before.timestamp


def test_every_body_says_what_it_can_do_and_refuses_the_rest(body: WorldInterface) -> None:
    possible = body.available_actions()
    assert possible.commands
    assert "fly" not in possible.commands
    refused, seen = body.act(Action(action="fly"), observe=True)
    assert (refused.success, refused.outcome, refused.code, refused.field) == (
        False, "refused", "unknown_command", refused.field,
    )  # fmt: skip
    assert seen.player
    whispered = body.speak("psst", to="nobody at all")
    assert (whispered.success, whispered.field) == (False, "to")


def test_every_body_refuses_a_deadline_that_is_none(body: WorldInterface) -> None:
    with pytest.raises(RefusedError) as refused:
        body.perform(go_to("fargoth"), deadline_s=0)
    assert (refused.value.code, refused.value.field) == ("bad_arguments", "deadline_s")


def test_it_perceives_what_is_around_it(walker: WorldInterface) -> None:
    seen = walker.observe()
    assert seen.position is not None
    assert seen.position.cell == "-2, -9"
    assert seen.nearby_actors is not None
    fargoth = next(actor for actor in seen.nearby_actors.actors if actor.ref_id == "fargoth")
    away = math.dist((seen.position.x, seen.position.y, seen.position.z), (fargoth.x, fargoth.y, fargoth.z))
    assert abs(away - fargoth.distance) < 2
    assert seen.nearby_players is not None
    assert "Jiub" in {player.name for player in seen.nearby_players.players}


def test_it_goes_to_a_point(walker: WorldInterface) -> None:
    goal = Point(-11500, -70700)
    done = walker.perform(go_to(goal, within=100), deadline_s=PATIENCE_S)
    assert done.success, done.reason
    assert done.seen is not None
    assert done.seen.position is not None
    assert math.dist((done.seen.position.x, done.seen.position.y), (goal.x, goal.y)) <= 100


def test_it_goes_to_somebody_and_away_again(walker: WorldInterface) -> None:
    assert walker.perform(go_to("vodunius nuccius"), deadline_s=PATIENCE_S).success
    fled = walker.perform(flee("vodunius nuccius", 300), deadline_s=PATIENCE_S)
    assert fled.success, fled.reason
    assert walker.wait_until(Near(who="vodunius nuccius", within=10_000), 0.1).met


def test_it_follows_somebody_for_some_time(walker: WorldInterface) -> None:
    done = walker.perform(follow("fargoth", 2.0), deadline_s=PATIENCE_S)
    assert done.success, done.reason
    assert done.elapsed_s >= 2.0


def test_it_is_heard_by_those_near_it(walker: WorldInterface) -> None:
    said = walker.speak("Squeak!")
    assert said.success, said.reason
    assert "Jiub" in said.value["heard_by"]


def test_it_waits_for_a_condition_and_reads_the_present_first(walker: WorldInterface) -> None:
    here = where(walker)
    met = walker.wait_until(NearPoint(x=here.x, y=here.y, within=500), PATIENCE_S)
    assert (met.met, met.waited_s < PATIENCE_S) == (True, True)
    in_vain = walker.wait_until(NearPoint(x=0, y=0), 0.2)
    assert (in_vain.met, in_vain.snapshot is not None) == (False, True)


def test_a_verb_ends_when_it_is_cancelled_or_its_deadline_passes(walker: WorldInterface) -> None:
    cancel = Event()

    def stop(step: Progress) -> None:
        if step.remaining is not None:
            cancel.set()

    done = walker.perform(go_to(Point(-15000, -76000)), deadline_s=PATIENCE_S, cancel=cancel, on_progress=stop)
    assert (done.outcome, done.reason) == ("cancelled", "cancelled by the caller")
    assert walker.perform(go_to(Point(-15000, -76000)), deadline_s=0.3).outcome == "expired"


def test_a_cancelled_coroutine_stops_its_verb(walker: WorldInterface) -> None:
    async def live() -> int:
        world, steps = AsyncWorld(walker), asyncio.Event()
        loop = asyncio.get_running_loop()
        reports: list[str] = []

        def report(step: object) -> None:
            reports.append(str(step))
            loop.call_soon_threadsafe(steps.set)

        verb = asyncio.create_task(world.perform(go_to(Point(-15000, -76000)), deadline_s=20, on_progress=report))
        await asyncio.wait_for(steps.wait(), PATIENCE_S)
        verb.cancel()
        with pytest.raises(asyncio.CancelledError):
            await verb
        await world.observe()
        return len(reports)

    assert asyncio.run(live()) < 10


def test_a_desktop_body_sees_pictures_and_says_what_it_cannot_know(world: Runtime, window: None) -> None:
    del window
    body = DesktopBody(world)
    seen = body.observe(deadline_s=PATIENCE_S)
    assert seen.state.visual.window == "OpenMW"
    assert (seen.position, seen.player) == (None, "morrowind")
    walked = body.act(Walk(seconds=0.2), command_id="a step")
    assert (walked.success, walked.binding) == (True, "hold_key")
    assert body.act(Walk(seconds=0.2), command_id="a step") is walked, "not pressed again"
    turned = body.act(Turn(yaw=90))
    assert (turned.code, turned.field) == ("unavailable", "yaw")
    done = body.perform(go_to("fargoth"), deadline_s=5)
    assert (done.outcome, done.value["code"]) == ("failed", "unavailable")
    with pytest.raises(RefusedError) as refused:
        body.wait_until(NearPoint(x=0, y=0), 1)
    assert (refused.value.code, refused.value.field) == ("unavailable", "condition")


def test_a_desktop_body_without_a_window_has_no_picture(world: Runtime, timmy: PlayerBody) -> None:
    del timmy
    seen = DesktopBody(world).observe(deadline_s=PATIENCE_S)
    assert seen.stale
    assert str(seen.stale_reason).startswith("no_window: ")


def test_a_player_walks_at_its_speed_and_sees_itself_move(timmy: PlayerBody) -> None:
    before = where(timmy)
    result, seen = timmy.act(Walk(distance=150, seconds=10), observe=True)
    assert (result.success, result.value["ended_by"]) == (True, "distance")
    assert seen.position is not None
    assert 140 < math.dist((before.x, before.y), (seen.position.x, seen.position.y)) < 160


def test_a_player_picks_up_goes_through_doors_talks_and_gives(timmy: PlayerBody) -> None:
    assert timmy.perform(pick_up(BOTTLE), deadline_s=PATIENCE_S).value["count"] == 2
    gift = timmy.perform(give(BOTTLE, "Jiub", 2), deadline_s=PATIENCE_S)
    assert gift.success, gift.reason
    said = timmy.perform(say_to("Jiub", "A present."), deadline_s=PATIENCE_S)
    assert (said.outcome, said.value["to"]) == ("done", "Jiub")
    entered = timmy.perform(use_door(ARRILLES), deadline_s=PATIENCE_S)
    assert (entered.outcome, entered.value["cell"]) == ("done", ARRILLES)
    talked = timmy.perform(talk_about("Arrille", "my trade"), deadline_s=PATIENCE_S)
    assert talked.value["says"].startswith("I buy and sell")
    left = timmy.perform(use_door("-2, -9"), deadline_s=PATIENCE_S)
    assert (left.outcome, left.value["cell"]) == ("done", "-2, -9"), left.reason


def test_a_body_works_from_another_process_as_well(world: Runtime, timmy: PlayerBody) -> None:
    del timmy
    with connect(world.endpoint) as daemon:
        done = PlayerBody(daemon).perform(go_to(Point(-11400, -70850), within=100), deadline_s=PATIENCE_S)
    assert done.success, done.reason


def test_a_body_lives_in_coroutines_without_threads(
    world: Runtime, timmy: PlayerBody, monkeypatch: pytest.MonkeyPatch
) -> None:
    del timmy

    async def live() -> None:
        async with aconnect(world.endpoint) as daemon:
            body = AsyncPlayerBody(daemon)
            await body.observe()  # the connections are there: opening one takes a thread
            monkeypatch.setattr(asyncio, "to_thread", None)
            result, seen = await body.act(Walk(seconds=0.2), observe=True)
            assert (result.success, seen.stale) == (True, False)
            assert "walk" in (await body.available_actions()).commands
            said = await body.speak("A present.", to="Jiub")
            assert (said.success, said.value["to"]) == (True, "Jiub")
            assert (await body.speak("psst", manner="whisper")).field == "to"
            done = await body.perform(go_to(Point(-11400, -70850), within=100), deadline_s=PATIENCE_S)
            assert done.success, done.reason
            gift = await body.perform(give("moon_sugar", "Jiub"), deadline_s=PATIENCE_S)
            assert gift.value["code"] == "no_such_target"
            assert (await body.perform(pick_up("vivec"), deadline_s=5)).reason == "no item vivec is seen from here"
            monkeypatch.undo()
            assert (await body.wait_until(Near(who="Jiub", within=400), PATIENCE_S)).met

    asyncio.run(live())


def test_two_agents_on_one_body_are_noticed(world: Runtime, timmy: PlayerBody) -> None:
    ended = Event()

    def interfere() -> None:
        while not ended.is_set():
            PlayerBody(world).act(Walk(seconds=0.1))

    other = Thread(target=interfere)
    other.start()
    done = timmy.perform(go_to(Point(-15000, -76000)), deadline_s=PATIENCE_S)
    ended.set()
    other.join()
    assert (done.outcome, done.reason) == ("failed", "another agent moves this body")


def test_what_is_not_there_fails_with_a_reason(timmy: PlayerBody) -> None:
    assert timmy.perform(pick_up("vivec"), deadline_s=5).reason == "no item vivec is seen from here"
    assert timmy.perform(give("moon_sugar", "Jiub"), deadline_s=PATIENCE_S).value["code"] == "no_such_target"
    gone = timmy.perform(go_to(Point(0, 0, cell=ARRILLES)), deadline_s=5)
    assert (gone.outcome, "is in another place" in str(gone.reason)) == ("failed", True)


def test_an_npc_is_dismissed_cleanly(timmy: PlayerBody, world: Runtime) -> None:
    with NpcBody.spawn(world, "scamp") as npc:
        assert where(npc).cell == where(timmy).cell
        index = npc.unique_index
        assert npc.act(Action(action="actor_wander", params={"distance": 100})).success
        assert npc.perform(talk_about("fargoth", "little secret"), deadline_s=5).value["code"] == "unknown_command"
    with pytest.raises(RefusedError, match="was dismissed"):
        npc.observe()
    assert npc.act(Action(action="actor_stop")).code == "no_such_target"
    again = timmy.act(Action(action="delete_object", params={"unique_index": index}))
    assert again.code == "no_such_target"


def test_an_npc_of_an_unknown_record_is_not_there(timmy: PlayerBody, world: Runtime) -> None:
    del timmy
    with pytest.raises(RefusedError) as refused:
        NpcBody.spawn(world, "no_such_creature")
    assert refused.value.code == "game_refused"
