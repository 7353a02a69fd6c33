"""The span of a request in the daemon, from its arrival at the service to the reply of the actor that handles it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors.protocol import ActionResult, CommandResult, GameState, ServiceRequest
from timmy_actors.telemetry import Attribute, begin, outcome_of

if TYPE_CHECKING:
    from timmy_actors.supervision import Reply
    from timmy_actors.telemetry import Span

MAX_PICTURE_BYTES = 32 * 1024 * 1024
"""A larger screenshot is not hashed."""


def begin_request(request: ServiceRequest) -> tuple[ServiceRequest, Span | None]:
    """The request for the actor, and its span; None if it is not traced. The actor's spans are the span's children."""
    has_caller = getattr(request, "traceparent", None) is not None
    span = begin(request, "server" if has_caller else "internal")
    if span is None:
        return request, None
    return request.model_copy(update={"traceparent": span.traceparent}), span


def end_with(span: Span, reply: Reply) -> None:
    """End the span with the reply's outcome, of which it has a picture's path and hash, never the picture."""
    try:
        outcome = reply.get(timeout=0)
    except Exception as error:  # noqa: BLE001  an error is an outcome
        code = outcome_of(error)
        span.end({Attribute.OUTCOME: code}, error=code)
        return
    attributes = {Attribute.OUTCOME: outcome_of(None), **_attributes(outcome)}
    failed = isinstance(outcome, ActionResult) and not outcome.success
    span.end(attributes, error=str(attributes[Attribute.OUTCOME]) if failed else None)


def _attributes(outcome: Any) -> dict[Attribute, str | int | float]:
    match outcome:
        case CommandResult(revision=revision) if revision is not None:
            return {Attribute.REVISION: revision.number, Attribute.BOOT: revision.boot}
        case ActionResult(outcome=word):
            return {Attribute.OUTCOME: word}
        case GameState(portal_id=portal, problems=problems, visual=visual):
            picture = {} if visual.screenshot_path is None else _picture(Path(visual.screenshot_path))
            return {Attribute.PORTAL: portal, Attribute.PROBLEMS: len(problems), **picture}
    return {}


def _picture(path: Path) -> dict[Attribute, str | int | float]:
    try:
        small = path.stat().st_size <= MAX_PICTURE_BYTES
        digest = {Attribute.PICTURE_SHA256: hashlib.sha256(path.read_bytes()).hexdigest()} if small else {}
    except OSError:  # deleted already, to keep the folder's size
        digest = {}
    return {Attribute.PICTURE_PATH: str(path), **digest}
