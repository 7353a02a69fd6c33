"""The MCP project's own conformance suite against the MCP server over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_control.test_conformance import SUITE
from tests.end_to_end.daemon import DaemonProcess
from tests.interop.node import install, need
from tests.mcp_server.clients import environment

NOT_APPLICABLE = Path(__file__).with_name("mcp_conformance.yml")
PASSED = {
    "server-initialize", "ping", "tools-list", "tools-call-simple-text", "tools-call-error",
    "server-sse-multiple-streams", "resources-list", "prompts-list", "dns-rebinding-protection",
}  # fmt: skip

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ta-heavy-") as folder, DaemonProcess(Path(folder)) as daemon:
        daemon.connect().close()
        command = [sys.executable, "-m", "tests.heavy.mcp_conformance_server", daemon.endpoint]
        with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
            process.terminate()


def test_every_scenario_that_applies_passes(url: str, tmp_path: Path) -> None:
    suite = install(SUITE, tmp_path) / "node_modules" / ".bin" / "conformance"
    command = [need("node"), str(suite), "server", "--url", url, "--expected-failures", str(NOT_APPLICABLE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert set(re.findall(r"^✓ ([\w-]+):", done.stdout, re.MULTILINE)) == PASSED
