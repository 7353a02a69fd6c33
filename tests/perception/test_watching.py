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
    content: str = pushed.event.data["text"]
    return content


def test_a_watch_that_is_not_read_drops_its_oldest_items_and_this_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "MAX_WAITING", 2)
    watchers = Watchers()
    slow = watchers.add(watch_of())
    for content in "abcd":
        watchers.publish(chat(content))
    assert [text(next(slow)), text(next(slow))] == ["c", "d"]
    assert caplog.text.count("is read too slowly") == 1


def test_a_closed_watch_delivers_nothing_more() -> None:
    watchers = Watchers()
    watch = watchers.add(watch_of("Timmy"))
    watchers.publish(chat("unread"))
    watch.close()
    watchers.publish(chat("after it"))
    assert list(watch) == []


def test_watches_that_share_a_callback_get_one_call_after_the_item_is_queued_for_all() -> None:
    watchers, shared, announced = Watchers(), list[Watch](), list[list[bool]]()

    def on_news() -> None:
        announced.append([watch.has_news for watch in shared])

    for player in (None, "Timmy", "Jiub"):
        shared.append(watchers.add(Watch(make_interest(player, None, None), on_news=on_news)))
    watchers.publish(chat("to both"))
    watchers.count_lost(1)
    assert announced == [[True, True, False]]


def test_a_watch_without_references_is_removed() -> None:
    watchers = Watchers()
    watchers.add(watch_of())
    gc.collect()
    assert list(watchers._watches) == []


def test_items_queued_before_the_end_can_still_be_read() -> None:
    watchers = Watchers()
    watch = watchers.add(watch_of())
    watchers.publish(chat("last words"))
    watchers.end()
    assert text(next(watch)) == "last words"
    with pytest.raises(DaemonUnreachableError):
        next(watch)
