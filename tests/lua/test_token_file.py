from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lua.test_lua import ROOT, need_luajit
from tests.second_user import UID, need_second_user

READ = "package.path = arg[1] .. '/lua/?.lua'; print(tostring((select(2, require('timmy.wire.token').read(arg[2])))))"


def read(token: Path) -> str:
    """What the bridge says of a token file."""
    program = token.with_name("read.lua")
    program.write_text(READ)
    command = [need_luajit(), str(program), str(ROOT), str(token)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.mark.parametrize(("owner", "mode", "told"), [
    (0, 0o600, "nil"), (UID, 0o600, f"belongs to another user (uid {UID})"), (0, 0o640, "is open to others"),
])  # fmt: skip
def test_the_bridge_takes_no_token_that_another_user_knows(tmp_path: Path, owner: int, mode: int, told: str) -> None:
    need_second_user()
    token = tmp_path / "token"
    token.write_text("0123456789abcdefghij\n")
    token.chmod(mode)
    os.chown(token, owner, owner)
    assert told in read(token)
