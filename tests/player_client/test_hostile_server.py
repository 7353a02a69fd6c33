"""A server that sends what no server should: it costs this client neither its memory nor its connection."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from time import process_time
from typing import Any

import pytest

from tests.player_client.layout_values import packet
from tests.player_client.logins import TIMMY, Host
from tests.player_client.played import BARREL, Played, stored
from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.cells import Cell
from timmy_actors.player_client.connection import PlayerConnection
from timmy_actors.player_client.packets.packet import LAYOUTS, Packet, decode, encode
from timmy_actors.player_client.perceiving import perceive
from timmy_actors.player_client.raknet.datagrams import DataDatagram, Frame, Reliability
from timmy_actors.player_client.raknet.receiving import MAX_EARLY_BYTES, Incoming
from timmy_actors.player_client.raknet.sending import within
from timmy_actors.player_client.session import Phase, PlayerSession
from timmy_actors.player_client.view import MAX_CONTENTS, MAX_ENTRIES, MAX_PLACES, MAX_STACKS, View

GUID = 1000
FAR = 2**31 - 1
PACKETS_EACH = 3


def joined(**options: Any) -> PlayerConnection:
    """A connection whose player is in the world."""
    host = Host()
    client = host.join(**options)
    host.run(1)
    assert client.session.phase is Phase.IN_WORLD
    return client


def ordered(number: int, index: int, data: bytes) -> DataDatagram:
    return DataDatagram(number, (Frame(Reliability.RELIABLE_ORDERED, data, number, ordering_index=index),))


def test_messages_behind_a_missing_one_fill_no_memory() -> None:
    incoming, part = Incoming(), bytes([0x8A]) * 8000
    most = MAX_EARLY_BYTES // len(part)
    for number in range(most):
        assert incoming.receive(ordered(number, number + 1, part)) == []
    with pytest.raises(ProtocolError, match="channel 0 waits for message 0: no room for later ones"):
        incoming.receive(ordered(most, most + 1, part))
    assert len(incoming.receive(ordered(most, 0, part))) == most + 1
    assert incoming.receive(ordered(most + 1, most + 2, part)) == []


def test_ranges_may_overlap_and_stand_in_any_order() -> None:
    assert within(range(12), ((8, 8), (2, 9), (3, 4), (0, 0))) == [0, 2, 3, 4, 5, 6, 7, 8, 9]
    assert within(range(3), ()) == []


def test_a_text_ends_at_its_first_zero_byte() -> None:
    data = encode(Packet("CHAT_MESSAGE", GUID, {"text": "Hello, you"}))
    assert decode(data.replace(b",", b"\0"))["text"] == "Hello"


def test_a_long_list_is_no_packet() -> None:
    with pytest.raises(ProtocolError, match="PLAYER_TOPIC: a list of 20001 is too long"):
        decode(encode(Packet("PLAYER_TOPIC", GUID, {"topics": ["a"] * 20_001})))


def test_what_is_remembered_is_bounded(session: PlayerSession) -> None:
    view = session.view
    topics = [str(number) for number in range(15_000)]
    view.apply(Packet("PLAYER_TOPIC", GUID, {"topics": topics}))
    assert view.topics == topics[:MAX_ENTRIES]
    for number in range(2 * MAX_PLACES):
        view.apply(Packet("ACTOR_AUTHORITY", GUID, Cell("", number).fields()))
        weather = {"region": str(number), "force": False, "current": 0, "next": 0, "queued": 0, "transition": 0.0}
        view.apply(Packet("WORLD_WEATHER", 0, weather))
    assert (len(view.authority), len(view.weather)) == (MAX_PLACES, MAX_PLACES)
    for action in (0, 1):
        items = [stored(f"{action} {number}", 1) for number in range(2 * MAX_CONTENTS)]
        view.apply(Played.object("CONTAINER", BARREL, items=items, packet={"action": action, "sub_action": 0}))
    assert len(view.objects[502, 0]["contents"]) == MAX_CONTENTS


def test_all_containers_together_are_bounded_and_the_last_ones_are_known(session: PlayerSession) -> None:
    view, items = session.view, [stored(str(number), 1) for number in range(MAX_CONTENTS)]
    most = MAX_STACKS // MAX_CONTENTS
    for index in range(most + 10):
        filled = items if index else []
        view.apply(Played.object("CONTAINER", f"{index}-0", items=filled, packet={"action": 0, "sub_action": 0}))
    known = [key[0] for key, thing in view.objects.items() if "contents" in thing]
    assert known == list(range(10, most + 10))
    view.apply(Played.object("CONTAINER", "10-0", items=[], packet={"action": 0, "sub_action": 0}))
    assert view.stacks == sum(view.filled.values()) == MAX_STACKS - MAX_CONTENTS + 1


@pytest.mark.timing
def test_many_changes_of_a_large_inventory_take_no_time(session: PlayerSession) -> None:
    stacks = [stored(str(number), 2) for number in range(MAX_ENTRIES)]
    session.view.apply(Packet("PLAYER_INVENTORY", GUID, {"action": 0, "items": stacks}))
    began = process_time()
    session.view.apply(Packet("PLAYER_INVENTORY", GUID, {"action": 2, "items": stacks[:0:-1]}))
    assert process_time() - began < 1.0
    assert [stack["ref_id"] for stack in session.view.inventory] == ["0"]


def test_a_stack_that_was_used_up_comes_back_as_a_new_one(session: PlayerSession) -> None:
    view = session.view
    for action, count in ((1, 3), (2, 5), (1, 2)):
        view.apply(Packet("PLAYER_INVENTORY", GUID, {"action": action, "items": [stored("bread", count)] * 2}))
    assert [(stack["ref_id"], stack["count"]) for stack in view.inventory] == [("bread", 4)]


@pytest.fixture
def session() -> PlayerSession:
    """A session that begins."""
    return PlayerSession(TIMMY, GUID, 0.0)


def test_a_slot_that_does_not_exist_is_passed_over(session: PlayerSession) -> None:
    view: View = session.view
    for slot in (-1, 19, FAR):
        change = {"slot": slot, "ref_id": "iron dagger", "count": 1, "charge": -1, "enchantment_charge": -1.0}
        view.apply(Packet("PLAYER_EQUIPMENT", GUID, {"full": False, "changes": [change]}))
    assert view.me.equipment == {}


def test_an_answer_that_cannot_be_written_is_left_out() -> None:
    client = joined(all_cells=True)
    fields = {**Cell("", FAR, FAR).fields(), "previous": (0.0,) * 3, "changing_region": False}
    client.session.receive(Packet("PLAYER_CELL_CHANGE", client.session.view.me.guid, fields))
    client.advance(200.0)
    assert client.malformed_packets == 1
    assert client.transport.connected


@pytest.fixture(scope="module")
def client() -> PlayerConnection:
    """A connection that receives whatever comes."""
    return joined()


def test_any_packet_can_be_received_and_perceived(client: PlayerConnection) -> None:
    session, chance = client.session, Random(1)
    session.phase = Phase.IN_WORLD
    for layout in LAYOUTS * PACKETS_EACH:
        drawn = packet(chance, layout)
        for guid in (drawn.guid, session.view.me.guid):
            session.receive(decode(encode(replace(drawn, guid=guid))))
            client.advance(101.0)
            list(client.datagrams(101.0))
            perception = perceive(session, name="Timmy", epoch=1)
            assert perception is None or perception.model_dump_json()
