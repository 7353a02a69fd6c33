from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from timmy_actors.protocol.event import EventName, GameEvent
from timmy_actors.protocol.events import EVENT_DATA
from timmy_actors.protocol.events.objects import ObjectLock


def test_every_event_has_a_model_of_what_it_says() -> None:
    assert set(get_args(EventName)) == set(EVENT_DATA)


def test_an_event_gives_its_data_as_their_model() -> None:
    data = {"cell": "-2, -9", "objects": [{"unique_index": "7-0", "ref_id": "door", "lock_level": 50}]}
    event = GameEvent(event="object_lock", player="Timmy", pid=0, now=1, data=data)
    assert isinstance(event.details, ObjectLock)
    assert event.details.objects[0].lock_level == 50


def test_data_of_another_event_is_refused() -> None:
    with pytest.raises(ValidationError, match="text"):
        GameEvent(event="chat", player="Timmy", pid=0, now=1, data={"killer": None})
