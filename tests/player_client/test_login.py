"""Logins: registration, old accounts, and everything that a server can refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.stand_in.game import SPAWN, SPAWN_PLACE, StandInGame
from benchmarks.stand_in.raknet import RakNetServer
from tests.player_client.logins import COMMIT, TIMMY, Host
from timmy_actors.player_client.cells import Cell, cell_at
from timmy_actors.player_client.packets.packet import LAYOUTS
from timmy_actors.player_client.raknet.offline import OfflineId
from timmy_actors.player_client.session import READ, EnteredWorld, Phase

FILES = (("Morrowind.esm", 0x7B6AF5B9), ("Tribunal.esm", 0xF481F334))


def test_a_new_account_is_registered_and_its_character_made() -> None:
    host = Host()
    client = host.join()
    host.run(1)
    assert host.entered() == EnteredWorld(registered=True)
    assert host.game.accounts == {"Timmy": "a password"}
    guest = host.game.guest("Timmy")
    assert guest is not None
    assert guest.last["PLAYER_CHARCLASS"]["id"] == "warrior"
    assert guest.last["PLAYER_POSITION"]["position"] == SPAWN_PLACE == client.session.view.me.placement
    assert guest.loaded == {SPAWN} == client.session.loaded
    assert client.session.view.authority == {SPAWN}


def test_an_old_account_logs_in() -> None:
    host = Host()
    host.game.accounts["Timmy"] = "a password"
    client = host.join(all_cells=True)
    host.run(1)
    assert host.entered() == EnteredWorld(registered=False)
    guest = host.game.guest("Timmy")
    assert guest is not None
    assert guest.loaded == SPAWN.neighbours()
    view = client.session.view
    assert view.inventory == [{"ref_id": "gold_001", "count": 50, "charge": -1, "enchantment_charge": -1.0, "soul": ""}]
    assert view.time["hour"] == 9.0
    assert view.me.name == ""  # a server does not repeat what a client said about its player
    assert client.malformed_packets == client.transport.malformed == host.game.malformed == 0


def test_players_see_each_other_come_talk_and_go() -> None:
    host = Host()
    timmy = host.join()
    host.run(1)
    jiub = host.join(replace(TIMMY, name="Jiub"))
    host.run(1)
    for client, other in ((timmy, "Jiub"), (jiub, "Timmy")):
        assert [player.name for player in client.session.view.others.values()] == [other]
    timmy.session.send("CHAT_MESSAGE", text="hello")
    host.run(0.2)
    assert jiub.session.view.chat[-1] == "Timmy (0): hello"
    jiub.leave(host.now)
    host.run(1)
    assert timmy.session.view.others == {}
    ending = host.ending(1)
    assert ending is not None
    assert ending.code == "closed"


def refused(code: str, host: Host, seconds: float = 1.0) -> None:
    """Check that the first client's login ends in this way, without having come in."""
    host.run(seconds)
    ending = host.ending()
    assert ending is not None
    assert (ending.code, host.entered()) == (code, None)
    assert host.clients[0].session.phase is Phase.ENDED


def test_another_commit_is_another_version() -> None:
    host = Host()
    host.join(replace(TIMMY, commit="6da3fdea59"))
    refused("other_version", host)


@pytest.mark.parametrize(
    ("kind", "code"),
    [(OfflineId.BANNED, "banned"), (OfflineId.FULL, "server_full"), (OfflineId.TOO_RECENT, "too_recent")],
)
def test_a_server_that_has_no_place(kind: OfflineId, code: str) -> None:
    host = Host(StandInGame(RakNetServer(TIMMY.connection_password(), refuse=kind)))
    host.join()
    refused(code, host)


@pytest.mark.parametrize(
    ("sent", "code"), [((), "needs_plugin_list"), (FILES[:1], "wrong_plugin_list"), (FILES[::-1], "wrong_plugin_list")]
)
def test_a_server_that_demands_data_files(sent: tuple[tuple[str, int], ...], code: str) -> None:
    host = Host()
    host.game.plugins = FILES
    host.join(replace(TIMMY, plugins=sent))
    refused(code, host)


def test_the_operators_list_of_data_files_is_sent() -> None:
    host = Host()
    host.game.plugins = FILES
    host.join(replace(TIMMY, plugins=FILES))
    host.run(1)
    assert host.entered() is not None


def test_a_wrong_password_is_given_once() -> None:
    host = Host()
    host.game.accounts["Timmy"] = "another one"
    host.join()
    refused("wrong_password", host)
    assert host.game.accounts == {"Timmy": "another one"}


def test_no_account_is_made_where_that_is_switched_off() -> None:
    host = Host()
    host.join(replace(TIMMY, register=False))
    refused("no_account", host)
    assert host.game.accounts == {}


def test_a_name_that_is_in_use_is_recognised_by_the_silence() -> None:
    host = Host()
    host.join()
    host.run(1)
    host.join()
    host.run(12)
    ending = host.ending(1)
    assert ending is not None
    assert ending.code == "kicked_while_connecting"
    assert "maxClientsPerIP" in ending.message


def test_a_login_that_does_not_end_is_given_up() -> None:
    host = Host()
    host.game.ask_password = lambda guest, now: None  # type: ignore[method-assign]
    host.join()
    refused("login_timeout", host, 46)


def test_a_kick_is_an_ending() -> None:
    host = Host()
    host.join()
    host.run(1)
    host.game.network.throw_out(1000, host.now)
    host.run(1)
    ending = host.ending()
    assert ending is not None
    assert ending.code == "kicked"


def test_death_is_reported_and_the_resurrection_answered() -> None:
    host = Host()
    client = host.join()
    host.run(1)
    dead = (100.0, 100.0, 0.0, 0.0, 0.0) * 3
    host.game.send(1000, "PLAYER_STATS_DYNAMIC", host.now, full=True, stats=dead)
    host.run(0.5)
    guest = host.game.guest("Timmy")
    assert guest is not None
    assert guest.last["PLAYER_DEATH"]["killer"]["name"] == "Timmy"
    assert guest.last["PLAYER_RESURRECT"]["type"] == 0
    assert client.session.view.me.health == 100.0
    assert not client.session.view.me.dead


def test_actor_lists_and_containers_are_never_answered() -> None:
    host = Host()
    host.join()
    host.run(3)
    guest = host.game.guest("Timmy")
    assert guest is not None
    assert not {"ACTOR_LIST", "CONTAINER", "CONSOLE_COMMAND", "ACTOR_POSITION"} & guest.last.keys()


def test_a_dialog_of_a_script_waits_for_an_answer() -> None:
    host = Host()
    client = host.join()
    host.run(1)
    box: dict[str, Any] = {"id": 42, "type": 1, "label": "Join?", "data": "", "buttons": "Yes;No"}
    host.game.send(1000, "GUI_MESSAGEBOX", host.now, **box)
    host.run(0.2)
    assert client.session.dialogs == [box]
    client.session.answer(client.session.dialogs[0], "1")
    host.run(0.2)
    guest = host.game.guest("Timmy")
    assert guest is not None
    assert guest.last["GUI_MESSAGEBOX"]["data"] == "1"
    assert client.session.dialogs == []


def test_a_dialog_that_asks_for_a_password_in_the_world_waits_for_no_answer() -> None:
    host = Host()
    client = host.join()
    host.run(1)
    box: dict[str, Any] = {"id": 42, "type": 3, "label": "Your password again?", "data": "", "note": ""}
    host.game.send(1000, "GUI_MESSAGEBOX", host.now, **box)
    host.run(0.2)
    assert client.session.dialogs == []


def test_the_table_says_which_packets_are_acted_upon() -> None:
    assert {layout.name for layout in LAYOUTS if "r" in layout.use} == READ


def test_what_is_not_in_the_table_as_written_is_not_sent() -> None:
    client = Host().join()
    with pytest.raises(ValueError, match="ACTOR_LIST is no packet that this client writes"):
        client.session.send("ACTOR_LIST", actors=[])


def test_passwords_are_not_printed() -> None:
    assert "a password" not in repr(TIMMY)
    assert COMMIT in repr(TIMMY)


@pytest.mark.parametrize(("x", "y", "cell"), [(-11_200, -71_000, "-2, -9"), (0, 8192, "0, 1"), (-0.5, 0, "-1, 0")])
def test_an_exterior_cell_is_known_by_its_place(x: float, y: float, cell: str) -> None:
    assert cell_at(x, y).description == cell
    assert Cell("Balmora, Temple").neighbours() == {Cell("Balmora, Temple")}
