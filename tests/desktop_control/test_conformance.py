"""The MCP project's own conformance suite against the server over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_control.stage import Screen
from tests.interop.node import install, need

SUITE = "@modelcontextprotocol/conformance@0.1.13"
"""The last version that runs on Node 20."""
NOT_APPLICABLE = Path(__file__).with_name("conformance.yml")
PASSED = {
    "server-initialize", "ping", "tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-error",
    "server-sse-multiple-streams", "resources-list", "prompts-list", "dns-rebinding-protection",
}  # fmt: skip


@pytest.fixture
def url(screen: Screen) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.desktop_control.conformance_server"]
    with subprocess.Popen(command, env=screen.environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


def test_every_scenario_that_applies_passes(url: str, tmp_path: Path) -> None:
    suite = install(SUITE, tmp_path) / "node_modules" / ".bin" / "conformance"
    command = [need("node"), str(suite), "server", "--url", url, "--expected-failures", str(NOT_APPLICABLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert set(re.findall(r"^✓ ([\w-]+):", done.stdout, re.MULTILINE)) == PASSED
