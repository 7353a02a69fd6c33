"""Rules that need no screen: scaling, names of keys, titles, and the expiry of held keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.desktop_control.held_keys import Held, HeldKeys
from timmy_actors.desktop_control.keys import keys_of_combination, keysym_of_character, keysym_of_key
from timmy_actors.desktop_control.selectors import matches
from timmy_actors.desktop_control.singleton import file_name_of, started_at
from timmy_actors.desktop_control.window_target import Place, Point, Size, scaled, shrunk
from timmy_actors.errors import RefusedError

SIDES = st.integers(1, 8000)
SIZES = st.builds(Size, SIDES, SIDES)


@given(picture=SIZES, target=SIZES, across=st.floats(0, 1, exclude_max=True), down=st.floats(0, 1, exclude_max=True))
def test_each_point_of_a_picture_is_a_point_of_what_it_shows(
    picture: Size, target: Size, across: float, down: float
) -> None:
    point = Point(int(across * picture.width), int(down * picture.height))
    result = scaled(point, picture, target)
    assert 0 <= result.x < target.width
    assert 0 <= result.y < target.height
    assert abs(result.x / target.width - point.x / picture.width) <= 1 / picture.width + 1 / target.width


@given(size=SIZES, across=st.integers(0, 7999), down=st.integers(0, 7999))
def test_a_picture_that_was_not_shrunk_has_the_windows_own_coordinates(size: Size, across: int, down: int) -> None:
    point = Point(across % size.width, down % size.height)
    assert scaled(point, size, size) == scaled(point, None, size) == point


@pytest.mark.parametrize("point", [Point(-1, 0), Point(0, -1), Point(10, 0), Point(0, 5), Point(10**9, 0)])
def test_a_point_outside_the_picture_is_refused(point: Point) -> None:
    with pytest.raises(RefusedError) as refusal:
        scaled(point, Size(10, 5), Size(100, 50))
    assert refusal.value.code == "off_screen"


@given(size=SIZES, width=st.none() | SIDES, height=st.none() | SIDES)
def test_a_picture_keeps_to_its_bounds_and_never_grows(size: Size, width: int | None, height: int | None) -> None:
    result = shrunk(size, width, height)
    assert 1 <= result.width <= min(size.width, width or size.width)
    assert 1 <= result.height <= min(size.height, height or size.height)


def test_places_that_only_touch_do_not_overlap() -> None:
    place = Place(10, 10, 10, 10)
    assert place.overlaps(Place(19, 19, 5, 5))
    assert not place.overlaps(Place(20, 10, 5, 5))
    assert not place.overlaps(Place(10, 0, 10, 10))


def test_a_key_has_one_name_or_many() -> None:
    assert keysym_of_key("ctrl") == keysym_of_key("Control") == keysym_of_key("CtrlLeft") == keysym_of_key("Control_L")
    assert keysym_of_key("W") == keysym_of_key("w") == ord("w")
    assert keysym_of_key("altgr") == 0xFE03
    assert keys_of_combination(" ctrl  shift s ") == ["ctrl", "shift", "s"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [("ctrl+s", "'ctrl s'"), ("entr", "enter"), ("", "letters"), ("x" * 10_000, "letters"), ("\x00", "letters")],
)
def test_an_unknown_key_is_refused_with_advice(name: str, advice: str) -> None:
    with pytest.raises(RefusedError, match=advice) as refusal:
        keysym_of_key(name)
    assert refusal.value.code == "unknown_key"
    assert len(refusal.value.message) < 300


@given(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]))
def test_every_character_that_is_one_has_a_keysym(character: str) -> None:
    code = ord(character)
    assert keysym_of_character(character) in (code, 0x01000000 + code)


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\r", "\x7f", "\x85", "\ud800", "\ufffe", "\U0001ffff"])
def test_control_characters_and_halves_are_refused(character: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        keysym_of_character(character)
    assert refusal.value.code == "cannot_type"


def test_a_title_is_the_whole_title_unless_a_star_says_otherwise() -> None:
    assert matches("OpenMW", " openmw ")
    assert not matches("OpenMW wiki", "OpenMW")
    assert matches("Mount & Blade II: Bannerlord - v1.2", "Mount & Blade II*")
    assert matches("a[1]?", "a[1]*")
    assert not matches("a1x", "a[1]*")
    assert not matches("abc", "a?*")


def test_held_keys_expire_at_their_time_and_are_listed_last_first() -> None:
    held_keys: HeldKeys[str] = HeldKeys()
    shift, w = Held("key", 50, "shift"), Held("key", 25, "w")
    held_keys.hold(shift, 10)
    held_keys.hold(w, 5)
    assert held_keys.all() == [w, shift]
    assert held_keys.next_expiry() == 5
    assert held_keys.expired(4.9) == []
    assert held_keys.expired(5) == [w]
    held_keys.hold(w, 20)
    assert held_keys.expired(10) == [shift]
    held_keys.remove(shift)
    assert held_keys.all() == [w]
    assert not held_keys.has(shift)


def test_a_key_and_a_button_of_the_same_number_are_two_things() -> None:
    held_keys: HeldKeys[str] = HeldKeys()
    held_keys.hold(Held("key", 1, "a"), 1)
    assert not held_keys.has(Held("button", 1, "left button"))


def test_one_keyboard_has_one_lock_whatever_its_display_is_called() -> None:
    assert file_name_of(":99") == file_name_of(":99.0") == file_name_of("unix:99") == "99"
    assert file_name_of("far.example:10.0") == "far_example_10"


def test_a_process_that_never_was_has_no_start_time() -> None:
    assert started_at(2**22 + 1) == 0
    assert started_at(1) > 0
