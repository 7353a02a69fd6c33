"""The settings of the player without a game."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from timmy_actors.daemon.file_path import FilePath
from timmy_actors.player_client import COMMIT
from timmy_actors.protocol import Name, StrictModel
from timmy_actors.system import MAX_PORT

_PLAYER_SERVER = re.compile(r"[A-Za-z0-9][\w.-]*:(\d{1,5})", re.ASCII)


def _udp_address(text: str) -> str:
    match = _PLAYER_SERVER.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MAX_PORT:
        raise ValueError(f"must be HOST:PORT with a name or an IPv4 address, the port from 1 to {MAX_PORT}")
    return text


class PlayerClientSettings(StrictModel):
    """`[player_client]`: a player of a TES3MP server that is logged in without a game."""

    enabled: bool = False
    server: Annotated[str, AfterValidator(_udp_address)] = "127.0.0.1:25565"
    name: Annotated[str, Field(min_length=1, max_length=35)] | None = None
    password_file: FilePath = "~/.config/timmy-actors/player-password"  # noqa: S105  a path
    server_password_file: FilePath | None = None
    commit: Annotated[str, Field(pattern="^[0-9a-f]{7,40}$")] = COMMIT
    version_file: FilePath | None = None
    plugins_file: FilePath | None = None
    register_account: bool = True
    all_cells: bool = False
    combat: bool = False
    race: Name = "dark elf"
    head: Name = "b_n_dark elf_m_head_01"
    hair: Name = "b_n_dark elf_m_hair_01"
    female: bool = False
    birthsign: Name = "elfborn"
    character_class: Name = "warrior"
