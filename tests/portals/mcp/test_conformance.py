"""The MCP project's own conformance suite against this project's client."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop_control.test_conformance import SUITE
from tests.interop.node import install, need

CHECKOUT = Path(__file__).parents[3]
PASSED = ("initialize", "tools_call", "sse-retry")
"""The other scenarios do not apply: elicitation (`elicitation-...`) needs a user, which a daemon does not have; OAuth
(`auth/...`) is for remote servers, and the portal's servers run on this machine, with a token."""

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(SUITE, tmp_path_factory.mktemp("suite")) / "node_modules" / ".bin" / "conformance"


@pytest.mark.parametrize("scenario", PASSED)
def test_every_scenario_that_applies_passes(suite: Path, scenario: str, tmp_path: Path) -> None:
    client = f"{sys.executable} -m tests.portals.mcp.conformance_client"
    command = [need("node"), str(suite), "client", "--command", client, "--scenario", scenario]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=90, cwd=tmp_path, env=environment
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "OVERALL: PASSED" in done.stdout + done.stderr


def test_the_suite_has_no_scenario_that_is_not_spoken_of(suite: Path) -> None:
    output = subprocess.run([need("node"), str(suite), "list"], capture_output=True, text=True, check=True, timeout=60)
    listed = output.stdout.partition("Client scenarios")[2].split("\n")
    scenarios = {line.strip(" -") for line in listed if line.startswith("  - ")}
    assert {name for name in scenarios if not name.startswith(("auth/", "elicitation-"))} == set(PASSED)
