from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lua.processes import ROOT, need_luajit
from tests.second_user import UID, need_second_user

READ = "package.path = arg[1] .. '/lua/?.lua'; print(tostring((select(2, require('timmy.wire.token').read(arg[2])))))"


def read(token: Path, text: str = READ) -> str:
    """What the bridge says of a token file."""
    program = token.with_name("read.lua")
    program.write_text(text)
    command = [need_luajit(), str(program), str(ROOT), str(token)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.mark.parametrize(("owner", "mode", "reason"), [
    (0, 0o600, "nil"), (UID, 0o600, f"belongs to another user (uid {UID})"), (0, 0o640, "is open to others"),
])  # fmt: skip
def test_the_bridge_takes_no_token_that_another_user_knows(tmp_path: Path, owner: int, mode: int, reason: str) -> None:
    need_second_user()
    token = tmp_path / "token"
    token.write_text("0123456789abcdefghij\n")
    token.chmod(mode)
    os.chown(token, owner, owner)
    assert reason in read(token)


SWAPPED = """
package.path = arg[1] .. '/lua/?.lua'
local open = io.open
io.open = function(path, mode)
  local file = open(path, mode)
  if path == arg[2] then assert(os.rename(path .. '.other', path)) end
  return file
end
print(tostring((select(2, require('timmy.wire.token').read(arg[2])))))
"""


@pytest.mark.parametrize(("opened", "named", "reason"), [(0o644, 0o600, "is open to others"), (0o600, 0o644, "nil")])
def test_what_counts_is_the_file_that_was_opened_and_not_what_has_its_name_by_then(
    tmp_path: Path, opened: int, named: int, reason: str
) -> None:
    token, other = tmp_path / "token", tmp_path / "token.other"
    for file, mode in ((token, opened), (other, named)):
        file.write_text("0123456789abcdefghij\n")
        file.chmod(mode)
    assert reason in read(token, SWAPPED)
