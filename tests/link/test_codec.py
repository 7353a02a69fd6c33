from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.peer import FACTS, LOAD, Peer
from timmy_actors.errors import ProtocolError
from timmy_actors.link.codec import MAX_FRAME_BYTES, decode, encode
from timmy_actors.protocol import Command, Hello, Model, Perception, Result, ServerMessage, Welcome

WELCOME = {
    "type": "welcome", "id": "1", "protocol": 1, "boot": "b", "now": 1, "remember_s": 600.0, "server": FACTS,
}  # fmt: skip
PONG = {"type": "pong", "id": "1", "now": 2, "load": LOAD}
RESULT = {"type": "result", "id": "1", "value": {"cell": "-3, -2"}}
EVENT = {"type": "event", "seq": 1, "event": "chat", "player": "Timmy", "pid": 0, "now": 3, "data": {"text": "hi"}}
ERROR = {"type": "error", "error": {"code": "bad_message", "message": "what?"}}
EXAMPLES: list[dict[str, Any]] = [WELCOME, PONG, RESULT, EVENT, ERROR, Peer.perception(seq=1)]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def assert_decoded_or_refused(frame: bytes) -> None:
    try:
        message = decode(frame)
    except ProtocolError:
        return
    assert isinstance(message, get_args(get_args(ServerMessage)[0]))


@given(st.binary(max_size=500))
def test_any_bytes_are_a_message_or_a_protocol_error(frame: bytes) -> None:
    assert_decoded_or_refused(frame)


@given(trees)
def test_any_json_is_a_message_or_a_protocol_error(document: Any) -> None:
    assert_decoded_or_refused(json.dumps(document).encode())


@given(st.sampled_from(EXAMPLES), st.data())
def test_a_message_with_a_field_of_any_kind_is_a_message_or_a_protocol_error(
    example: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(example)))
    assert_decoded_or_refused(json.dumps({**example, field: data.draw(trees)}).encode())


@given(st.sampled_from(EXAMPLES), st.data())
def test_a_message_with_bytes_changed_is_a_message_or_a_protocol_error(
    example: dict[str, Any], data: st.DataObject
) -> None:
    frame = bytearray(json.dumps(example).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    assert_decoded_or_refused(bytes(frame))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff\xfe",
        b'{"type":"result","id":"\xed\xa0\x80"}',
        b"[" * 100_000,
        b'{"type":' * 50_000,
        b'{"type":"result","id":"1","value":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001,
        b'{"type":"pong","id":"1","now":' + b"9" * 10_000 + b',"load":{}}',
        b'{"type":"result","id":"1","value":{"x":NaN}}',
        b'{"type":"result","id":"1","value":{"x":-Infinity}}',
        b'{"type":"result","id":"1","value":{"x":[{"y":1e999}]}}',
        b'{"type":"event","seq":1,"event":"chat","player":"T","pid":0,"now":1,"data":{"x":NaN}}',
        b'{"type":"pong","id":"1","now":1e400,"load":{}}',
    ],
    ids=lambda frame: repr(frame[:40]),
)
def test_a_malicious_frame_is_a_protocol_error(frame: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(frame)


def test_a_frame_over_the_limit_is_refused_and_one_at_the_limit_is_decoded() -> None:
    frame = json.dumps(RESULT).encode()
    assert decode(frame + b" " * (MAX_FRAME_BYTES - len(frame)))
    with pytest.raises(ProtocolError, match="over the limit"):
        decode(frame + b" " * (MAX_FRAME_BYTES + 1 - len(frame)))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"now": -1}, "now"),
        ({"now": 10**14}, "now"),
        ({"now": "soon"}, "now"),
        ({"load": {**LOAD, "peers": -1}}, "load.peers"),
    ],
)
def test_a_protocol_error_names_the_field(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ProtocolError, match=named):
        decode(json.dumps({**PONG, **changes}).encode())


def test_an_unknown_type_is_a_protocol_error() -> None:
    with pytest.raises(ProtocolError):
        decode(b'{"type":"tomorrow","id":"1"}')


def test_unknown_fields_of_a_newer_server_are_ignored() -> None:
    assert isinstance(decode(json.dumps({**WELCOME, "later": {"x": 1}}).encode()), Welcome)


def test_absent_fields_are_omitted() -> None:
    assert json.loads(encode(Result(id="1", value={}))) == {"type": "result", "id": "1", "value": {}}


def test_names_on_the_wire_are_the_aliases() -> None:
    sections = {"stats": {"class": "Knight"}}
    stats = json.loads(encode(decode(json.dumps(_with_stats(sections)).encode())))["sections"]["stats"]
    assert stats["class"] == "Knight"
    assert "character_class" not in stats


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_an_encoded_message_decodes_to_the_same_message(example: dict[str, Any]) -> None:
    message = decode(json.dumps(example).encode())
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "message", [Hello(id="1", client="c"), Command(id="1", name="message", arguments={"text": "hé"}, deadline=1)]
)
def test_an_encoded_message_is_utf8_json_with_its_type(message: Model) -> None:
    assert json.loads(encode(message).decode())["type"] == type(message).__name__.lower()


def _with_stats(sections: dict[str, Any]) -> dict[str, Any]:
    gauge = {"current": 1.0, "base": 2.0}
    stats = {
        "level": 1, "health": gauge, "magicka": gauge, "fatigue": gauge, "attributes": {}, "skills": {},
        "race": "Imperial", "gender": "male", "birthsign": "", **sections["stats"],
    }  # fmt: skip
    return {**Peer.perception(seq=1), "sections": {"stats": stats}, "revisions": {"stats": 1}}


def test_a_decoded_perception_has_only_the_sections_it_carried() -> None:
    message = decode(json.dumps(Peer.perception(seq=1)).encode())
    assert isinstance(message, Perception)
    assert message.sections.model_fields_set == {"position"}
