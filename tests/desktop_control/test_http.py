"""HTTP: only on loopback, and only for clients that send the token."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.desktop_control.stage import MODULE, Screen

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}},
}


@contextmanager
def served(screen: Screen, token_file: Path) -> Iterator[str]:
    """Start a server over HTTP; yields its URL."""
    command = [sys.executable, "-m", MODULE, "--http", "0", "--token-file", str(token_file)]
    process = subprocess.Popen(command, env=screen.environment, cwd=screen.folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.communicate()


def ask(url: str, token: str | None, **headers: str) -> tuple[int, str]:
    """The status and the body of the server's response to an initialize request."""
    authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
    request = Request(
        url,
        json.dumps(HELLO).encode(),
        {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            **authorization,
            **headers,
        },
    )
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_only_the_token_opens_it(screen: Screen, tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    with served(screen, token_file) as url:
        token = token_file.read_text().strip()
        assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
        assert "desktop-control" in ask(url, token)[1]
        for wrong in (None, "", "wrong", token[:-1], token + "x", token.upper()):
            status, body = ask(url, wrong)
            assert status == 401
            assert "token" in body
            assert "desktop-control" not in body


def test_a_browser_on_another_sites_page_is_refused_even_with_the_token(screen: Screen, tmp_path: Path) -> None:
    with served(screen, tmp_path / "token") as url:
        token = (tmp_path / "token").read_text().strip()
        assert ask(url, token, Origin="http://evil.example")[0] == 403
        assert ask(url, token, Host="evil.example")[0] == 421


def test_it_listens_on_loopback_alone(screen: Screen, tmp_path: Path) -> None:
    with served(screen, tmp_path / "token") as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line]
        assert [each for each in listening if each.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize(("content", "mode"), [("short", 0o600), ("x" * 32, 0o644), ("ä" * 32, 0o600)])
def test_a_token_file_that_is_no_secret_is_an_error(
    screen: Screen, tmp_path: Path, content: str, mode: int, **_: Any
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text(content)
    token_file.chmod(mode)
    command = [sys.executable, "-m", MODULE, "--http", "0", "--token-file", str(token_file)]
    ended = subprocess.run(command, env=screen.environment, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == os.EX_CONFIG
    assert str(token_file) in ended.stderr
    assert content not in ended.stderr
