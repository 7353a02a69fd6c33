"""OWAMcap: the screen by reference, keys and mouse at the time of their events. Needs the extra `owamcap`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from timmy_actors.errors import ConfigError
from timmy_actors.recording.exports.images import Images
from timmy_actors.recording.exports.input_events import InputEvent, input_events, start_ns
from timmy_actors.recording.reader import read_head
from timmy_actors.recording.records import BeatRecord
from timmy_actors.recording.summary import read_beats
from timmy_actors.version import __version__

TYPES = {
    "screen": "desktop/ScreenCaptured",
    "keyboard": "desktop/KeyboardEvent",
    "mouse": "desktop/MouseEvent",
    "mouse/raw": "desktop/RawMouseEvent",
}
"""The message type of each topic; readers find the model by it."""
SCHEMA = json.dumps({"type": "object"}).encode()


def write_owamcap(episode: Path, target: Path, images: Images) -> int:
    """Write an episode as `EPISODE.mcap`; the pictures' paths are relative to it. Returns the number of messages.

    Raises:
        ConfigError: the package `mcap` is not installed.
        OSError: the file cannot be written.
    """
    try:
        from mcap.writer import Writer  # noqa: PLC0415  installed with the extra `owamcap`
    except ImportError as error:
        raise ConfigError("OWAMcap needs mcap: pip install 'timmy_actors[owamcap]'") from error
    head = read_head(episode)
    count = 0
    with (target / f"{episode.name}.mcap").open("wb") as file:
        writer: Any = Writer(file)
        writer.start(profile="owa", library=f"timmy_actors {__version__}")
        channels = {topic: _register(writer, topic, name) for topic, name in TYPES.items()}
        writer.add_metadata("episode", {"id": episode.name, "meta": json.dumps(head.meta if head is not None else {})})
        for count, (topic, time_ns, data) in enumerate(_messages(episode, images), start=1):
            writer.add_message(channels[topic], time_ns, json.dumps(data).encode(), time_ns, count)
        writer.finish()
    return count


def _register(writer: Any, topic: str, name: str) -> int:
    schema = writer.register_schema(name=name, encoding="jsonschema", data=SCHEMA)
    channel: int = writer.register_channel(topic=topic, message_encoding="json", schema_id=schema)
    return channel


def _messages(episode: Path, images: Images) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for beat in read_beats(episode):
        path = images.add(episode, beat.picture)
        if path is not None:
            yield "screen", start_ns(beat), _screen(beat, path)
        for event in sorted(input_events(beat), key=_time):
            yield event.kind, event.time_ns, event.data


def _screen(beat: BeatRecord, path: str) -> dict[str, Any]:
    picture = beat.picture
    known = picture is not None and picture.width is not None and picture.height is not None
    shape = {"shape": [picture.width, picture.height]} if picture is not None and known else {}
    return {"utc_ns": start_ns(beat), "media_ref": {"uri": path}, **shape}


def _time(event: InputEvent) -> int:
    return event.time_ns
