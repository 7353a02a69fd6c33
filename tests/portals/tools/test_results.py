from __future__ import annotations

import base64
from typing import Any

import pytest

from timmy_actors.desktop_control import ERROR_META
from timmy_actors.errors import ToolError
from timmy_actors.portals.mcp.lines import HEAD_BYTES, Lines, TooLong
from timmy_actors.portals.mcp.server_options import Redactor
from timmy_actors.portals.tools.answer_parsing import (
    as_outcome,
    as_problem,
    read_colour,
    read_os,
    read_position,
    read_size,
    read_titles,
    reports_failure,
)
from timmy_actors.portals.tools.results import Image, parse_text, read_answer


def text(content: str) -> dict[str, Any]:
    return {"type": "text", "text": content}


@pytest.mark.parametrize(
    ("content", "structured", "value"),
    [
        ([text("(1920, 1080)")], None, (1920, 1080)),
        ([text("(1920, 1080)")], {"result": "(1920, 1080)"}, (1920, 1080)),
        ([text("true")], {"result": True}, True),
        ([text('{"a": 1}')], None, {"a": 1}),
        ([text("False")], None, False),
        ([text("Linux")], {"result": "Linux"}, "Linux"),
        ([text('{"n": 5}')], {"type": "text", "text": '{"n": 5}', "annotations": None}, {"n": 5}),
        ([text("1"), text("two")], None, [1, "two"]),
        ([], {"width": 1, "height": 2}, {"width": 1, "height": 2}),
        ([], None, None),
    ],
)
def test_every_way_to_say_something_is_understood(content: list[Any], structured: Any, value: Any) -> None:
    assert read_answer(is_error=False, content=content, structured=structured).value == value


def test_an_image_is_its_bytes() -> None:
    block = {"type": "image", "data": base64.b64encode(b"picture").decode(), "mime_type": "image/png"}
    answer = read_answer(is_error=False, content=[block], structured=None)
    assert answer.images == (Image(b"picture", "image/png"),)


@pytest.mark.parametrize("data", [None, 5, "no base64!", "AAA"])
def test_an_image_that_is_none_is_told(data: Any) -> None:
    with pytest.raises(ToolError) as raised:
        read_answer(is_error=False, content=[{"type": "image", "data": data}], structured=None)
    assert raised.value.code == "bad_result"


def test_an_error_is_the_servers_own_words_on_one_line() -> None:
    with pytest.raises(ToolError, match=r"^it is broken: all of it$"):
        read_answer(is_error=True, content=[text("it is broken:\n  all of it")], structured=None)
    with pytest.raises(ToolError, match="without a reason"):
        read_answer(is_error=True, content=[], structured=None)


@pytest.mark.parametrize("deep", ["[" * 100_000, "(" * 900, "1" * 5_000, "9" * 10_000, "\x00"])
def test_a_text_that_is_no_value_is_a_text(deep: str) -> None:
    assert parse_text(deep) == deep


@pytest.mark.parametrize(
    "value", [{"width": 1920, "height": 1080}, [1920, 1080], (1920, 1080), "(1920, 1080)", "1920x1080"]
)
def test_a_size_is_read_however_it_is_written(value: Any) -> None:
    assert read_size(value) == (1920, 1080)


@pytest.mark.parametrize("value", [None, "", "wide", {"width": "1"}, [1], [0, 5], [float("inf"), 1], [True, True], 5])
def test_what_is_no_size_is_told(value: Any) -> None:
    with pytest.raises(ToolError) as raised:
        read_size(value)
    assert raised.value.code == "bad_result"


def test_servers_ways_to_say_that_they_do_not_know_are_failures() -> None:
    for read, value in ((read_position, "(-1, -1)"), (read_colour, "(-1, -1, -1)")):
        with pytest.raises(ToolError) as raised:
            read(value)
        assert raised.value.code == "tool_failed"
    assert read_position({"x": -1, "y": -1, "inside": False}) == (-1, -1)  # a pixel outside a window's corner
    assert [reports_failure(value) for value in (False, {"success": False}, True, None, {}, 0)] == [True, True] + [
        False
    ] * 4


def test_colours_systems_and_titles_are_read() -> None:
    assert read_colour({"red": 1, "green": 2, "blue": 3, "hex": "#010203"}) == (1, 2, 3)
    assert read_colour("(1, 2, 3)") == (1, 2, 3)
    assert (read_os("Linux"), read_os({"system": "Linux"})) == ("Linux", "Linux")
    assert read_titles({"windows": [{"title": "A"}, {"title": "B"}, {"title": None}]}) == ("A", "B")
    assert read_titles(["A"]) == ("A",)


def test_a_servers_reason_becomes_the_problems_code() -> None:
    meta = {ERROR_META: {"code": "window_not_found", "message": "no window is called X"}}
    words = text("window_not_found: no window is called X")
    with pytest.raises(ToolError) as raised:
        read_answer(is_error=True, content=[words], structured=None, meta=meta)
    problem = as_problem("visual.screenshot_path", raised.value)
    assert (problem.code, problem.message) == ("no_window", "window_not_found: no window is called X")
    assert as_problem("x", ToolError("tool_failed", "...", "captures_full")).code == "no_space"
    assert as_problem("x", ToolError("tool_failed", "...", "something else")).code == "tool_failed"


@pytest.mark.parametrize(
    "meta", [None, {}, {ERROR_META: 5}, {ERROR_META: {"code": 5}}, {ERROR_META: {"code": "x" * 999}}]
)
def test_a_code_is_never_read_out_of_a_text(meta: dict[str, Any] | None) -> None:
    with pytest.raises(ToolError) as raised:
        read_answer(is_error=True, content=[text("window_not_found: the title of a mail")], structured=None, meta=meta)
    assert raised.value.tool_code is None
    assert as_problem("x", raised.value).code == "tool_failed"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("server_unavailable", "refused"), ("no_such_tool", "refused"), ("bad_arguments", "refused"),
        ("tool_failed", "failed"),
        ("outcome_unknown", "unknown"), ("bad_result", "done"), ("too_large", "done"),
    ],
)  # fmt: skip
def test_an_outcome_says_whether_it_may_have_happened(code: str, outcome: str) -> None:
    assert as_outcome(ToolError(code, "")) == outcome


@pytest.mark.parametrize("size", [1, 3, 7, 1_000])
def test_lines_come_whole_however_they_arrive_and_long_ones_are_passed_over(size: int) -> None:
    stream = b"one\n\n" + b"x" * 2_000 + b"\ntwo\n" + b"y" * 100 + b"\n"
    lines = Lines(longest=100)
    result = [line for start in range(0, len(stream), size) for line in lines.feed(stream[start : start + size])]
    assert result[:2] == [b"one", b""]
    assert result[3:] == [b"two", b"y" * 100]
    assert isinstance(result[2], TooLong)
    assert 100 < len(result[2].head) <= HEAD_BYTES


def test_a_line_is_too_long_before_it_ends() -> None:
    lines = Lines(longest=100)
    assert list(lines.feed(b"x" * 100)) == []
    assert list(lines.feed(b"x")) == [TooLong(b"x" * 101)]
    assert list(lines.feed(b"x" * 200)) == []
    assert list(lines.feed(b"x\ntwo\n")) == [b"two"]


def test_secrets_are_taken_out_wherever_they_stand() -> None:
    redactor = Redactor(["SECRET123", "ab"])
    assert redactor.clean_text("a SECRET123 b?key=other&x=ab") == "a [redacted] b?key=[redacted]&x=ab"
    assert redactor.clean_text("monkey=5 nothing") == "monkey=5 nothing"
