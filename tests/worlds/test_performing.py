"""The runner of plans, with a body that is a table of answers."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from timmy_actors import RefusedError
from timmy_actors.protocol import ActionResult, PerceptionOutput
from timmy_actors.worlds import (
    Plan,
    Point,
    Progress,
    RealClock,
    Request,
    Seen,
    flee,
    follow,
    go_to,
    perform,
    talk_about,
    use_door,
)
from timmy_actors.worlds.plans import OBSERVE, Ending

NOW = "2026-11-30T12:00:00Z"
TOPICS = {"topics": ["beds", "advice"]}


def snapshot(x: float = 0, *, dead: bool = False, actors: list[dict[str, Any]] | None = None) -> PerceptionOutput:
    position = {
        "cell": "-2, -9", "exterior": True, "region": "r", "x": x, "y": 0, "z": 0, "pitch": 0, "yaw": 0,
    }  # fmt: skip
    known = {"player": "Timmy", "pid": 0, "boot": "b", "epoch": 1, "revisions": {}, "position": position}
    known["nearby_actors"] = {"actors": actors or []}
    if dead:
        known["condition"] = {
            "drawn": "nothing", "sneaking": False, "dead": True, "werewolf": False, "scale": 1, "creature": "",
        }  # fmt: skip
    return PerceptionOutput.model_validate(known)


def result(verb: str, value: dict[str, Any] | None = None, code: str | None = None) -> ActionResult:
    outcome = "done" if code is None else "refused"
    return ActionResult.model_validate({
        "success": code is None, "action": verb, "params": {}, "timestamp": NOW, "outcome": outcome, "code": code,
        "reason": code, "value": value or {},
    })  # fmt: skip


class Table:
    """A body that answers each verb as a table says, and moves where it is sent."""

    clock = RealClock()

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.x = 0.0
        self.dies = False

    def observe(self) -> PerceptionOutput:
        return snapshot(self.x, dead=self.dies)

    def after(self, result: ActionResult) -> PerceptionOutput:
        del result
        return self.observe()

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        del within_s
        self.asked.append(request.verb)
        if request.verb == "observe":
            return None
        if request.verb == "towards":
            self.x = request.params["x"]
        answer = self.answers.get(request.verb, {})
        return answer if isinstance(answer, ActionResult) else result(request.verb, answer)


def thing(**facts: Any) -> dict[str, Any]:
    return {"kind": "door", "unique_index": "1-0", "ref_id": "door", "cell": "-2, -9", "x": 0, "y": 0, "z": 0, **facts}


def test_a_walk_reports_its_progress_and_ends_where_it_should() -> None:
    body, progress = Table(), list[Progress]()
    done = perform(body, go_to(Point(1000, 0)), deadline_s=60, on_progress=progress.append)
    assert (done.outcome, done.requests, done.success) == ("done", len(progress), True)
    remaining = [step.remaining for step in progress if step.remaining is not None]
    assert remaining == sorted(remaining, reverse=True)
    assert done.value["distance"] <= 165


def test_a_cancelled_verb_does_nothing_more() -> None:
    body, cancel = Table(), Event()
    done = perform(body, go_to(Point(9000, 0)), deadline_s=60, cancel=cancel, on_progress=lambda _: cancel.set())
    assert (done.outcome, body.asked) == ("cancelled", ["observe"])


def test_a_verb_ends_at_its_deadline() -> None:
    def endless() -> Plan:
        while True:
            yield OBSERVE

    done = perform(Table(), endless(), deadline_s=0.05)
    assert (done.outcome, done.reason) == ("expired", "not done within 0.05 s")


@pytest.mark.parametrize("deadline_s", [0, -1, 3601, float("nan")])
def test_a_deadline_must_be_some_seconds(deadline_s: float) -> None:
    with pytest.raises(RefusedError) as refused:
        perform(Table(), go_to("x"), deadline_s=deadline_s)
    assert (refused.value.code, refused.value.field) == ("bad_arguments", "deadline_s")


def test_a_body_that_dies_fails_the_verb() -> None:
    body = Table()
    body.dies = True
    done = perform(body, go_to(Point(1000, 0)), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "the body died")


def test_a_body_that_logs_out_fails_the_verb_with_the_code() -> None:
    class Gone(Table):
        def observe(self) -> PerceptionOutput:
            raise RefusedError("no_such_player", "no player named Timmy is online", "player")

    done = perform(Gone(), go_to(Point(1000, 0)), deadline_s=60)
    assert (done.outcome, done.value, done.seen) == (
        "failed",
        {"code": "no_such_player", "field": "player"},
        None,
    )


@pytest.mark.parametrize(("plan", "section"), [(go_to(Point(9, 9)), "position"), (flee("rat"), "nearby_actors")])
def test_a_section_that_is_missing_fails_the_verb(plan: Plan, section: str) -> None:
    class Blind(Table):
        def observe(self) -> PerceptionOutput:
            return super().observe().model_copy(update={section: None})

    done = perform(Blind(), plan, deadline_s=60)
    assert done.reason == f"the body's snapshots have no {section}: subscribe to that section"


def test_a_refused_request_ends_the_verb_with_its_reason() -> None:
    done = perform(Table(towards=result("run", code="needs_client_input")), go_to(Point(999, 0)), deadline_s=60)
    assert (done.outcome, done.value["code"]) == ("failed", "needs_client_input")


def test_what_is_not_seen_cannot_be_gone_to() -> None:
    done = perform(Table(look={"things": []}), go_to("Nobody"), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "Nobody is not seen from here")
    done = perform(Table(), go_to(Point(0, 0, cell="Elsewhere")), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "Point(x=0, y=0, z=None, cell='Elsewhere') is in another place: "
                                           "Elsewhere")  # fmt: skip


def test_a_door_that_leads_nowhere_is_no_success() -> None:
    body = Table(look={"things": [thing(leads_to="Inside")]})
    done = perform(body, use_door("Inside"), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "the door was used, but the body is still in -2, -9")
    assert body.asked == ["look", "observe", "observe", "open"]


def test_a_topic_is_reached_through_others_and_each_is_chosen_once() -> None:
    person = thing(kind="actor", name="Dulnea")
    body = Table(
        look={"things": [person]}, talk={"topics": ["beds", "advice"]}, choose_topic={"topics": ["beds", "advice"]}
    )
    done = perform(body, talk_about("Dulnea", "ledger"), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "Dulnea has nothing to say about ledger")
    assert body.asked.count("choose_topic") == 2


def test_who_is_out_of_sight_cannot_be_followed() -> None:
    done = perform(Table(), follow("Jiub", 5), deadline_s=60)
    assert (done.outcome, done.reason) == ("failed", "Jiub is out of sight")


def test_the_nearest_of_several_with_a_name_is_meant() -> None:
    def rat(index: str, distance: float) -> dict[str, Any]:
        return {
            "unique_index": index, "ref_id": "rat", "cell": "-2, -9", "x": distance, "y": 0, "z": 0,
            "distance": distance, "bearing": 90,
        }  # fmt: skip

    seen = Seen(snapshot(actors=[rat("1-0", 500), rat("2-0", 200)]), now=0)
    near = seen.near("RAT")
    assert near is not None
    assert near.distance == 200
    assert Ending("done").value == {}
