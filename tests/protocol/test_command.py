from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import MAX_ECHO
from timmy_actors.protocol.command import NEEDS_CLIENT_INPUT, guidance, parse_command, wire_arguments, with_player
from timmy_actors.protocol.commands import COMMANDS, client_input
from timmy_actors.protocol.endpoint import CommandRequest
from timmy_actors.protocol.requests import REQUEST


def refusal(name: str, **arguments: Any) -> RefusedError:
    """The refusal of an invalid command."""
    with pytest.raises(RefusedError) as refused:
        parse_command(name, {"player": "Timmy", **arguments})
    return refused.value


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("give_item", {}, "give_item: item: is required"),
        ("give_item", {"item": "x", "count": 0}, "give_item: count: must be at least 1"),
        ("message", {"text": "a\nb"}, "message: text: must be one line without control characters"),
        ("teleport", {}, "teleport: give 'to' (a place), 'to_player', or all of x, y and z"),
        ("set_class", {"clas": "x"}, "set_class: class: is required"),
        (
            "set_class",
            {"class": "x", "clas": "x"},
            "set_class: clas: is no argument of this command; there are: player, class",
        ),
    ],
)
def test_a_refusal_says_what_would_be_valid(name: str, arguments: dict[str, Any], message: str) -> None:
    assert str(refusal(name, **arguments)) == message


def test_a_command_against_a_player_takes_no_default_player() -> None:
    assert with_player("give_item", {"item": "x"}, "Timmy") == {"player": "Timmy", "item": "x"}
    assert with_player("give_item", {"player": "Jiub"}, "Timmy") == {"player": "Jiub"}
    assert with_player("give_item", {"item": "x"}, None) == {"item": "x"}
    assert with_player("not a command", {}, "Timmy") == {"player": "Timmy"}, "another body may know it"
    against = {name for name, model in COMMANDS.items() if model.names_player}
    assert against == {"ban", "jail", "kick", "unban"}
    for name in against:
        assert with_player(name, {"reason": "x"}, "Timmy") == {"reason": "x"}


def test_an_unknown_command_is_answered_with_those_that_may_have_been_meant() -> None:
    assert str(refusal("telport")) == "no command 'telport'; did you mean teleport?"
    assert str(refusal("fly")) == "no command 'fly'; 'timmy-actors do --help' lists the commands"


def test_no_more_of_an_unknown_name_is_repeated_than_a_person_reads() -> None:
    flood = "x" * 100_000
    assert len(str(refusal(flood))) < 2 * MAX_ECHO + len(", ".join(COMMANDS))
    refused = refusal("message", text="hi", **{flood: 1})
    assert refused.field == "x" * MAX_ECHO
    assert len(str(refused)) < 3 * MAX_ECHO


def test_what_is_no_number_crosses_the_endpoint_as_that_and_is_refused_as_that() -> None:
    sent = CommandRequest(id="1", name="teleport", arguments={"x": float("nan"), "y": 0, "z": 0})
    received = REQUEST.validate_json(sent.model_dump_json())
    assert isinstance(received, CommandRequest)
    refused = refusal(received.name, **received.arguments)
    assert (refused.field, str(refused)) == ("x", "teleport: x: must be a finite number")


def test_a_verb_for_the_players_own_client_is_answered_with_what_it_takes() -> None:
    refused = refusal("swim", to="Balmora")
    assert (refused.code, refused.field) == ("needs_client_input", "name")
    assert str(refused).startswith("a server can't swim for a player; it takes keys pressed")


def test_the_commands_among_these_verbs_are_those_that_a_simulated_client_can_do() -> None:
    commands = {model.command for model in client_input.COMMANDS}
    assert COMMANDS.keys() & NEEDS_CLIENT_INPUT.keys() == commands


def test_the_verbs_are_those_that_the_bridge_knows() -> None:
    golden = Path(__file__).parents[2] / "docs" / "protocol" / "golden" / "client_input.json"
    assert {row["verb"]: row["guidance"] for row in json.loads(golden.read_text())} == {
        verb: guidance(verb) for verb in NEEDS_CLIENT_INPUT
    }


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (1e300, "must be a finite number below 1e14"),
        (float("nan"), "must be a finite number below 1e14"),
        (10**20, "must be a finite number below 1e14"),
        ("x" * 32769, "must have at most 32768 characters"),
        ({"result": 256}, 'must be a value, {"result": number of a call} or {"pid": a player\'s name}'),
        ({"result": True}, 'must be a value, {"result": number of a call} or {"pid": a player\'s name}'),
        ({"pid": "Timmy", "result": 0}, 'must be a value, {"result": number of a call} or {"pid": a player\'s name}'),
        (None, 'must be a value, {"result": number of a call} or {"pid": a player\'s name}'),
    ],
)
def test_an_argument_of_the_raw_api_is_refused_in_one_sentence_at_its_place(argument: object, message: str) -> None:
    refused = refusal("api", calls=[{"name": "GetPort"}, {"name": "SetRace", "arguments": [0, argument]}])
    assert (refused.field, str(refused)) == ("calls.1.arguments.1", f"api: calls.1.arguments.1: {message}")


def test_the_arguments_of_the_raw_api_cross_the_wire_as_they_are() -> None:
    arguments = [True, False, 0, 1, -1.5, "1", "", {"result": 0}, {"pid": "Timmy"}]
    parsed = parse_command("api", {"player": "Timmy", "calls": [{"name": "f", "arguments": arguments}]})
    sent = wire_arguments(parsed)["calls"][0]["arguments"]
    assert json.dumps(sent) == json.dumps(arguments)
