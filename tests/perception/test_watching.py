from __future__ import annotations

import gc

import pytest

from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.perception import watching
from timmy_actors.perception.messages import Happened
from timmy_actors.perception.watching import Watch, Watchers, make_interest
from timmy_actors.protocol import GameEvent, Pushed


def chat(text: str) -> Happened:
    return Happened(event=GameEvent(event="chat", player="Timmy", pid=0, now=0, data={"text": text}))


def watch_of(player: str | None = None) -> Watch:
    return Watch(make_interest(player, None, None))


def text(pushed: Pushed) -> str:
    assert pushed.event is not None
    said: str = pushed.event.data["text"]
    return said


def test_a_watch_that_is_not_read_misses_the_oldest_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "MAX_WAITING", 2)
    watchers = Watchers()
    slow = watchers.add(watch_of())
    for said in "abcd":
        watchers.tell(chat(said))
    assert [text(next(slow)), text(next(slow))] == ["c", "d"]
    assert caplog.text.count("does not read what it watches") == 1


def test_a_closed_watch_is_told_nothing_more() -> None:
    watchers = Watchers()
    watch = watchers.add(watch_of("Timmy"))
    watchers.tell(chat("unread"))
    watch.close()
    watchers.tell(chat("after it"))
    assert list(watch) == []


def test_those_who_share_a_listener_are_announced_once_and_only_when_all_can_take_it() -> None:
    watchers, shared, announced = Watchers(), list[Watch](), list[list[bool]]()

    def on_news() -> None:
        announced.append([watch.has_news for watch in shared])

    for player in (None, "Timmy", "Jiub"):
        shared.append(watchers.add(Watch(make_interest(player, None, None), on_news=on_news)))
    watchers.tell(chat("to both"))
    watchers.tell_lost(1)
    assert announced == [[True, True, False]]


def test_a_watch_that_nobody_holds_is_forgotten() -> None:
    watchers = Watchers()
    watchers.add(watch_of())
    gc.collect()
    assert list(watchers._watches) == []


def test_what_was_told_before_the_end_can_still_be_read() -> None:
    watchers = Watchers()
    watch = watchers.add(watch_of())
    watchers.tell(chat("last words"))
    watchers.end()
    assert text(next(watch)) == "last words"
    with pytest.raises(DaemonUnreachableError):
        next(watch)
