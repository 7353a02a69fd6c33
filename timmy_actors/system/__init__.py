"""system"""

from timmy_actors.system.confined import Confined
from timmy_actors.system.die_with_parent import when_parent_ends
from timmy_actors.system.paths import config_folder, expand_user, from_folder, lua_folder, training_folder
from timmy_actors.system.private_folder import (
    PLACE_REMEDY,
    VARIABLE,
    check_private,
    default_folder,
    fresh_token,
    make_private,
    make_token_file,
    read_token,
)
from timmy_actors.system.processes import LockFile, how_it_ended, read_event
from timmy_actors.system.text_files import read_text

__all__ = [
    "PLACE_REMEDY",
    "VARIABLE",
    "Confined",
    "LockFile",
    "check_private",
    "config_folder",
    "default_folder",
    "expand_user",
    "fresh_token",
    "from_folder",
    "how_it_ended",
    "lua_folder",
    "make_private",
    "make_token_file",
    "read_event",
    "read_text",
    "read_token",
    "training_folder",
    "when_parent_ends",
]
