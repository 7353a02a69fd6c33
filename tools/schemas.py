"""Generates the JSON Schemas of the wire from the models: `python -m tools.schemas FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from timmy_actors.protocol import (
    COMMANDS,
    EVENT_DATA,
    EVERY_COMMAND,
    CommandArguments,
    Model,
    PerceptionOutput,
    frame,
    message,
)

MESSAGES: dict[str, type[Model]] = {
    model.model_fields["type"].default: model
    for model in (
        message.Hello, message.Welcome, message.Subscribe, message.Subscribed, message.Observe, message.Perception,
        frame.Frame,
        message.Command, message.Result, message.Ping, message.Pong, message.Event, message.Error,
    )
}  # fmt: skip


def schemas() -> dict[str, dict[str, Any]]:
    """Schemas by file name: one per message type, event and command, and one for the snapshot."""
    models: dict[str, type[Model]] = {
        **{f"message.{name}": model for name, model in MESSAGES.items()},
        "snapshot": PerceptionOutput,
    }
    return {
        **{f"{name}.json": _schema(model) for name, model in models.items()},
        **{f"event.{name}.json": _schema(model) for name, model in EVENT_DATA.items()},
        **{f"command.{name}.json": _command_schema(model) for name, model in COMMANDS.items()},
    }


def _schema(model: type[Model]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}


def _command_schema(model: type[CommandArguments]) -> dict[str, Any]:
    """The schema with an example, the errors and the idempotence, for clients in other languages."""
    return {
        **_schema(model),
        "examples": [model.whole_example()],
        "x-after": [{"name": name, "arguments": dict(arguments)} for name, arguments in model.example_after],
        "x-errors": [*EVERY_COMMAND, *model.errors],
        "x-idempotent": model.idempotent,
    }


def main(folder: Path) -> None:
    """Write every schema into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(json.dumps(schema, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
