"""The span of a call on its caller's side, if the process is traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from timmy_actors.telemetry import Attribute, begin, outcome_of

if TYPE_CHECKING:
    from timmy_actors.protocol import ServiceRequest


@contextmanager
def traced(request: ServiceRequest) -> Iterator[ServiceRequest]:
    """The request to send: with the traceparent of its span, which ends with the block; unchanged if tracing is off."""
    span = begin(request, "client")
    if span is None:
        yield request
        return
    try:
        yield request.model_copy(update={"traceparent": span.traceparent})
    except BaseException as error:
        span.end({Attribute.OUTCOME: outcome_of(error)}, error=outcome_of(error))
        raise
    span.end({Attribute.OUTCOME: outcome_of(None)})
