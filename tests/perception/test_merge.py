from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.perception.retention import mark_stale, merge
from timmy_actors.protocol import Perception, PerceptionOutput

numbers = st.floats(-1e6, 1e6)
names = st.text(max_size=8)
items = st.fixed_dictionaries({"ref_id": names, "count": st.integers(0, 99)}, optional={"charge": numbers})
counts = st.integers(0, 99)
actors = st.fixed_dictionaries(
    {"unique_index": names, "ref_id": names, "cell": names}
    | dict.fromkeys(("x", "y", "z", "distance", "bearing"), numbers),
    optional={"dead": st.booleans(), "equipment": st.dictionaries(names, names, max_size=2)},
)
objects = st.fixed_dictionaries(
    {"unique_index": names, "ref_id": names, "cell": names, "kind": st.sampled_from(("door", "item", "container"))},
    optional={
        "distance": numbers,
        "lock_level": counts,
        "contents": counts,
        "door": st.sampled_from(("open", "closed")),
    },
)
VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "position": st.fixed_dictionaries(
        {"cell": names, "exterior": st.booleans(), "region": names}
        | dict.fromkeys(("x", "y", "z", "pitch", "yaw"), numbers),
        optional={"place": st.none() | names},
    ),
    "inventory": st.fixed_dictionaries({"items": st.lists(items, max_size=4)}, optional={"truncated": st.booleans()}),
    "equipment": st.fixed_dictionaries({"slots": st.dictionaries(names, items, max_size=3)}),
    "quests": st.fixed_dictionaries({"stages": st.dictionaries(names, st.integers(0, 100), max_size=4)}),
    "journal": st.fixed_dictionaries(
        {
            "entries": st.lists(
                st.fixed_dictionaries({"quest": names, "index": st.integers(0, 9), "kind": st.just("entry")})
            )
        }
    ),
    "nearby_players": st.just({"players": []}),
    "condition": st.fixed_dictionaries(
        {"dead": st.booleans(), "drawn": st.sampled_from(("nothing", "weapon", "spell")), "scale": numbers}
        | dict.fromkeys(("sneaking", "werewolf"), st.booleans())
    ),
    "spells": st.fixed_dictionaries({"known": st.lists(names, max_size=3)}, optional={"selected": st.none() | names}),
    "factions": st.fixed_dictionaries(
        {"factions": st.dictionaries(names, st.fixed_dictionaries({}, optional={"rank": st.integers(0, 9)}))}
    ),
    "topics": st.fixed_dictionaries({"topics": st.lists(names, max_size=3)}),
    "books": st.fixed_dictionaries({"books": st.lists(names, max_size=3)}),
    "kills": st.fixed_dictionaries({"counts": st.dictionaries(names, st.integers(0, 9), max_size=3)}),
    "nearby_actors": st.fixed_dictionaries({"actors": st.lists(actors, max_size=3), "left_out": st.integers(0, 9)}),
    "nearby_objects": st.fixed_dictionaries({"objects": st.lists(objects, max_size=3)}),
    "chat": st.fixed_dictionaries(
        {"lines": st.lists(st.fixed_dictionaries({"player": names, "pid": counts, "text": names, "now": counts}))}
    ),
    "available_actions": st.fixed_dictionaries(
        {
            "commands": st.lists(names, max_size=3),
            "unavailable": st.dictionaries(names, st.just({"code": "game_refused", "message": "no"}), max_size=2),
        }
    ),
}
sections = st.fixed_dictionaries({}, optional=VALUES)


class Server:
    """A model of the bridge: each section has a revision that counts its changes."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.revisions: dict[str, int] = {}

    def change(self, changes: dict[str, Any]) -> dict[str, Any]:
        changed = {name: value for name, value in changes.items() if self.values.get(name) != value}
        for name, value in changed.items():
            self.values[name] = value
            self.revisions[name] = self.revisions.get(name, 0) + 1
        return changed

    def push(self, names: Any, *, full: bool) -> Perception:
        return Perception.model_validate(
            {
                "player": "Timmy", "pid": 0, "now": 1, "full": full,
                "sections": {name: self.values[name] for name in names},
                "revisions": {name: self.revisions[name] for name in names},
            }
        )  # fmt: skip

    def full(self) -> Perception:
        return self.push(self.values, full=True)


def fields(snapshot: PerceptionOutput | None) -> dict[str, Any]:
    assert snapshot is not None
    return snapshot.model_dump(exclude={"timestamp"})


def of(perception: Perception, previous: PerceptionOutput | None = None, epoch: int = 1) -> PerceptionOutput | None:
    return merge(previous, perception, boot="boot", epoch=epoch)


@given(first=sections, changes=st.lists(sections, max_size=6))
def test_a_full_snapshot_with_its_deltas_equals_the_next_full_snapshot(
    first: dict[str, Any], changes: list[dict[str, Any]]
) -> None:
    server = Server()
    server.change(first)
    snapshot = of(server.full())
    for change in changes:
        snapshot = of(server.push(server.change(change), full=False), snapshot)
    assert fields(snapshot) == fields(of(server.full()))


@given(before=sections, now=sections)
def test_a_full_snapshot_replaces_everything_known_before(before: dict[str, Any], now: dict[str, Any]) -> None:
    old, new = Server(), Server()
    old.change(before)
    new.change(now)
    assert fields(of(new.full(), of(old.full()))) == fields(of(new.full()))


@given(first=sections, change=sections)
def test_merging_does_not_change_the_previous_snapshot(first: dict[str, Any], change: dict[str, Any]) -> None:
    server = Server()
    server.change(first)
    snapshot = of(server.full())
    before = fields(snapshot)
    of(server.push(server.change(change), full=False), snapshot)
    assert fields(snapshot) == before


def test_a_delta_is_merged_only_into_a_snapshot_of_its_own_epoch_and_boot() -> None:
    server = Server()
    delta = server.push([], full=False)
    known = merge(None, server.full(), boot="boot", epoch=1)
    assert merge(None, delta, boot="boot", epoch=1) is None
    assert merge(known, delta, boot="boot", epoch=2) is None
    assert merge(known, delta, boot="other", epoch=1) is None
    assert merge(known, delta, boot="boot", epoch=1) is not None


def test_a_section_set_to_none_is_removed() -> None:
    server = Server()
    server.change({"quests": {"stages": {"a": 1}}})
    snapshot = of(server.full())
    removal = Perception.model_validate(
        {"player": "Timmy", "pid": 0, "now": 1, "full": False, "sections": {"quests": None}, "revisions": {"quests": 2}}
    )
    merged = of(removal, snapshot)
    assert merged is not None
    assert (merged.quests, merged.revisions) == (None, {"quests": 2})


def test_mark_stale_returns_a_copy_and_keeps_the_first_reason() -> None:
    snapshot = of(Server().full())
    assert snapshot is not None
    stale = mark_stale(snapshot, "the link is down")
    again = mark_stale(stale, "later")
    assert (snapshot.stale, stale.stale, stale.stale_reason) == (False, True, "the link is down")
    assert again.stale_reason == "the link is down"
    assert stale.timestamp == snapshot.timestamp


def test_a_delta_of_a_stale_player_makes_it_fresh_again() -> None:
    snapshot = of(Server().full())
    assert snapshot is not None
    fresh = of(Server().push([], full=False), mark_stale(snapshot, "left"))
    assert fresh is not None
    assert (fresh.stale, fresh.stale_reason) == (False, None)
