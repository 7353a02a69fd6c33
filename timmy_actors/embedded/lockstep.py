"""The embedded world in lockstep, in this process: game time passes only in a turn.

Equal seeds and equal turns give equal answers, byte for byte. So a world is saved as its seed and its turns, and is
restored by taking them again.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Protocol, get_args

from pydantic import Field, ValidationError

from timmy_actors.embedded.luajit import find_luajit, new_runtime, search_only
from timmy_actors.embedded.plugin import install_plugin, read_plugin
from timmy_actors.embedded.world import API, BYTES, PRECONDITIONS
from timmy_actors.errors import ConfigError, WorldGoneError
from timmy_actors.protocol import EventName, StrictModel, first_mistake
from timmy_actors.system import lua_folder

MAX_TURNS = 1_000_000
"""The longest history that is recorded: about 14 hours of turns of 50 ms."""
MAX_TURN_MS = 60_000
MAX_SEED = 2**31 - 1
FORMAT = 1


class LockstepTurn(NamedTuple):
    """One turn: a message of the type `command`, then game time, then one of the type `observe`."""

    command: str | None
    ms: int
    observe: str | None


class Turns(Protocol):
    """A world in lockstep, in this process or another."""

    def turn(self, turn: LockstepTurn) -> bytes:
        """Take a turn. Returns JSON: `game_ms`, `answers` (to this command and earlier ones), `events`, `perception`.

        Raises:
            WorldGoneError: the world has ended.
        """

    def reset(self, seed: int) -> None:
        """Start the world again, from its seed."""

    def save(self) -> bytes:
        """The world's state, for `restore`.

        Raises:
            ConfigError: it has more than `MAX_TURNS` turns behind it.
        """

    def restore(self, saved: bytes) -> None:
        """Bring the world to a saved state. Takes as much computing time as its turns took.

        Raises:
            ConfigError: the bytes were not saved by this version, or are damaged.
        """

    def close(self) -> None:
        """End the world."""


class SavedWorld(StrictModel):
    """The saved state of a world: its seed, its turns, and a digest of its answers to them."""

    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)] = FORMAT
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)]
    distinct: tuple[tuple[str | None, Annotated[int, Field(ge=0, le=MAX_TURN_MS)], str | None], ...]
    """The turns that differ."""
    turns: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=MAX_TURNS)]
    """All turns, as positions in `distinct`."""
    digest: str


class LockstepWorld:
    """A world in this process. It never touches the network, and its time is independent of real time.

    Args:
        seed: that of its random numbers.
        plugin: a plugin of the game whose doors, ground, people and things it has; None: its own.

    Raises:
        LuaJitMissingError: there is no LuaJIT to run it.
        ConfigError: the plugin cannot be used.
    """

    def __init__(self, seed: int = 1, *, plugin: Path | None = None) -> None:
        self._plugin = None if plugin is None else read_plugin(plugin)
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Start the world again."""
        check_seed(seed)
        self._seed = seed
        self._distinct: dict[LockstepTurn, int] = {}
        self._turns: list[int] = []
        self._digest = hashlib.blake2b(digest_size=16)
        self._lua = start_lua(seed, plugin=self._plugin)
        lockstep = self._lua.require("simulator.lockstep")
        self._turn, self._death = lockstep.turn, lockstep.death

    def turn(self, turn: LockstepTurn) -> bytes:
        """Take a turn; see `Turns`."""
        if len(self._turns) <= MAX_TURNS:
            self._turns.append(self._distinct.setdefault(turn, len(self._distinct)))
        try:
            answer: bytes = self._turn(_encoded(turn.command), turn.ms, _encoded(turn.observe)).encode(BYTES)
        except find_luajit().LuaError as error:
            raise WorldGoneError(f"the embedded world died: {self._death() or error}") from error
        self._digest.update(answer)
        return answer

    def save(self) -> bytes:
        """The world's state; see `Turns`."""
        if len(self._turns) > MAX_TURNS:
            raise ConfigError(f"the world has more than {MAX_TURNS} turns behind it: save it earlier, or fork it")
        saved = SavedWorld(
            seed=self._seed, distinct=tuple(self._distinct), turns=tuple(self._turns), digest=self._digest.hexdigest()
        )
        return saved.model_dump_json().encode()

    def restore(self, saved: bytes) -> None:
        """Bring the world to a saved state; see `Turns`."""
        state = _parse(saved)
        self.reset(state.seed)
        distinct = [LockstepTurn(*fields) for fields in state.distinct]
        for position in state.turns:
            self.turn(distinct[position])
        if self._digest.hexdigest() != state.digest:
            raise ConfigError("the saved world cannot be restored: this version takes its turns otherwise")

    def close(self) -> None:
        """End the world."""
        for name in ("_turn", "_death", "_lua"):
            self.__dict__.pop(name, None)


def check_seed(seed: int) -> None:
    """Check a world's seed.

    Raises:
        ConfigError: it is out of range.
    """
    if not 0 <= seed <= MAX_SEED:
        raise ConfigError(f"seed: {seed} must be a whole number from 0 to {MAX_SEED}")


def _parse(saved: bytes) -> SavedWorld:
    try:
        state = SavedWorld.model_validate_json(saved)
    except ValidationError as error:
        raise ConfigError(f"not a saved world: {first_mistake(error).at('the file')}") from error
    if state.turns and max(state.turns) >= len(state.distinct):
        raise ConfigError("not a saved world: turns: a position is beyond the distinct turns")
    return state


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def start_lua(seed: int, *, listen: bool = False, plugin: dict[str, Any] | None = None) -> Any:
    """A Lua state in which a world in lockstep has started. With `listen` its bridge accepts connections too."""
    lua = new_runtime(BYTES)
    search_only(lua, lua_folder())
    settings = {"port": 0, "mechanism": "NULL"}
    lua.globals().package.loaded["timmy_config"] = lua.table_from(settings)
    if plugin is not None:
        install_plugin(lua, plugin)
    options = {
        "api": os.fsencode(API),
        "preconditions": os.fsencode(PRECONDITIONS),
        "seed": seed,
        "die": _remember_death,
        "scripts": lua.table_from(["timmy_bridge"]),
        "events": lua.table_from(get_args(EventName)),
        "listen": listen,
    }
    lua.require("simulator.lockstep").start(lua.table_from(options))
    return lua


def _remember_death(_reason: str) -> None:
    """Do nothing: nothing runs on a dead server, and the next turn reports the reason."""
