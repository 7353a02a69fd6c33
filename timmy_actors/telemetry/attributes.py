"""The names of the spans' attributes. No attribute holds arguments, texts of messages, tokens or pictures."""

from __future__ import annotations

from enum import StrEnum


class Attribute(StrEnum):
    """The name of an attribute: OpenTelemetry's own where it has one."""

    COMMAND = "timmy.command.name"
    COMMAND_ID = "timmy.command.id"
    """The idempotency key, as in the command journal."""
    REVISION = "timmy.command.revision"
    OUTCOME = "timmy.outcome"
    """`done`, the code of a refusal, or the outcome of an action."""
    EPOCH = "timmy.link.epoch"
    """Which connection to the game server sent it."""
    BOOT = "timmy.server.boot"
    """The process of the game server."""
    STARTED_AFTER_MS = "timmy.bridge.started_after_ms"
    """How long the bridge had the command before it started it."""
    PORTAL = "timmy.portal.id"
    ACTION = "timmy.action.name"
    PROBLEMS = "timmy.capture.problems"
    """How many parts of a capture are missing."""
    PICTURE_PATH = "timmy.picture.path"
    PICTURE_SHA256 = "timmy.picture.sha256"
    ERROR = "error.type"
    HTTP_METHOD = "http.request.method"
    HTTP_ROUTE = "http.route"
    HTTP_STATUS = "http.response.status_code"
