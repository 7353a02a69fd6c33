"""A collector, and a process that exports to it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.telemetry.collector import Collector
from timmy_actors import telemetry


@pytest.fixture(autouse=True)
def tracing_is_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins and ends without tracing."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    yield
    telemetry.stop()


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch, tracing_is_off: None, nothing_left_behind: None) -> Iterator[Collector]:
    """A collector that this process exports to."""
    with Collector() as collector:
        for name, value in collector.environment.items():
            monkeypatch.setenv(name, value)
        yield collector
        telemetry.stop()
