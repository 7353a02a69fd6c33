"""Reads the index: names, descriptions, quests, and what stands in a cell."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata.faults import Fault
from timmy_actors.gamedata.terrain import summarize
from timmy_actors.protocol import Description, Match, Matches, Passage, Placed, TerrainCell, TerrainMap

MAX_CACHED, MAX_CACHED_JOURNALS, MAX_CACHED_CELLS, MAX_CACHED_PLACED, MAX_CACHED_TERRAIN = 20_000, 256, 50, 400, 1_000
"""The most names, journals of players, cells, things of a cell, and grounds of cells (10 KB each) that are remembered;
then all are forgotten."""
MAX_PLACES, MAX_DOORS = 50, 200
MAX_NAME, MAX_STAGE_TEXT = 256, 8192
"""The longest names and texts in characters that perceptions get: those of the game have under 40 and 1,000."""
_PLACED = re.compile(r"(\d{1,9})-0")
"""The unique index of something in the data files."""
_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
_LAST_KINDS = ("dialogue", "script", "sound", "global", "setting")
_RANK = f"kind IN {_LAST_KINDS}"
_DESCRIBED = f"SELECT kind, id, name, file, fields FROM record WHERE key = ? ORDER BY {_RANK} LIMIT 1"  # noqa: S608  constant
_MATCHES = r"""
SELECT kind, id, name FROM (
    SELECT kind, id, name, key FROM record
    UNION ALL SELECT 'cell', key, name, key FROM cell
    UNION ALL SELECT 'quest', topic, text, topic FROM info WHERE is_name)
WHERE (name LIKE ?2 ESCAPE '\' OR key LIKE ?2 ESCAPE '\')
ORDER BY lower(name) != ?1 AND key != ?1, NOT (name LIKE ?3 ESCAPE '\'), length(name), name, id LIMIT ?4
"""
_PLACES = (
    "SELECT c.key, r.x, r.y, r.z, r.number, r.owner, r.faction FROM reference r JOIN cell c ON c.number = r.cell"
    " WHERE r.key = ? AND r.x IS NOT NULL AND r.y IS NOT NULL AND r.z IS NOT NULL LIMIT ?"
)
_OF_REFERENCE = (
    "SELECT to_cell, coalesce(owner, faction) FROM reference"
    " WHERE cell = (SELECT number FROM cell WHERE key = ?) AND number = ? ORDER BY file DESC LIMIT 1"
)
_DOORS = (
    "SELECT c.key, r.x, r.y, r.z, r.number, r.to_cell FROM reference r JOIN cell c ON c.number = r.cell"
    " WHERE c.key = ? AND r.to_cell IS NOT NULL AND r.x IS NOT NULL AND r.y IS NOT NULL AND r.z IS NOT NULL LIMIT ?"
)


PlacedWords = tuple[str | None, str | None] | None
K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values that are found when they are asked for, and remembered; at most `most`.

    Attributes:
        known: what is remembered, to be looked into first where speed counts: a plain dictionary takes half the time.
    """

    def __init__(self, find: Callable[[K], V], most: int = MAX_CACHED) -> None:
        self.known: dict[K, V] = {}
        self._find = find
        self._most = most

    def __getitem__(self, key: K) -> V:
        try:
            return self.known[key]
        except KeyError:
            value = self._find(key)
        if len(self.known) >= self._most:
            self.known.clear()
        self.known[key] = value
        return value


class Library:
    """An index that is open for reading, by any thread.

    Raises:
        GameDataError: it is no index.
    """

    def __init__(self, index: Path) -> None:
        self._lock = threading.Lock()
        self.names = Remembered(self._find_name)
        """The names of records by id, read when they are asked for: the fastest way to one."""
        self.quest_names = Remembered(self._find_quest_name)
        self.stage_texts = Remembered(self._find_stage_text)
        self.cell_names = Remembered(self._find_cell_name)
        self.quest_words = Remembered(self._find_quest_words, MAX_CACHED_JOURNALS)
        """The names of quests and the texts of their stages, for all the quests of a player with their stages."""
        self.placed = Remembered(self._placed_in, MAX_CACHED_CELLS)
        """By cell, then by unique index: the cell that a door leads to, and the owner's name; None: neither."""
        self._ground = Remembered(self._find_ground, MAX_CACHED_TERRAIN)
        try:
            self._connection = sqlite3.connect(
                f"{index.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
            self.faults = tuple(str(Fault(*row)) for row in self.rows("SELECT * FROM fault"))
            self._files = dict(self.rows("SELECT number, name FROM file"))
        except sqlite3.Error as error:
            raise GameDataError(
                f"index {index}: it cannot be read ({error}): delete it, and it is built again"
            ) from None

    @property
    def files(self) -> int:
        """How many files it has been built of."""
        return len(self._files)

    def close(self) -> None:
        """Close the index."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query; none if it asks for a number or a text that no row can have.

        Raises:
            GameDataError: the index is damaged or closed.
        """
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except (OverflowError, UnicodeEncodeError):
            return []
        except sqlite3.Error as error:
            raise GameDataError(f"the index of the game's files cannot be read ({error})") from None

    def name(self, ident: str) -> str | None:
        """The name of the thing, person, spell, faction or other record with this id."""
        return self.names[ident]

    def quest_name(self, quest: str) -> str | None:
        """The name of a quest."""
        return self.quest_names[quest]

    def stage_text(self, quest: str, stage: int) -> str | None:
        """What the journal says at a stage of a quest."""
        return self.stage_texts[quest, stage]

    def cell_name(self, key: str) -> str:
        """A cell's name as TES3MP writes it: an interior's in its own letters, `-3, -2` for an exterior."""
        return self.cell_names[key]

    def describe(self, ident: str) -> Description | None:
        """What is known of a record, a quest, a cell, or the thing with a unique index; None: nothing."""
        placed = _PLACED.fullmatch(ident)
        if placed:
            keys = self.rows("SELECT key FROM reference WHERE number = ? ORDER BY file DESC LIMIT 1", int(placed[1]))
            return self._describe_record(keys[0][0]) if keys else None
        key = ident.lower()
        return self._describe_cell(key) or self._describe_quest(key) or self._describe_record(key)

    def look_up(self, text: str, limit: int = 20) -> Matches:
        """The records whose name or id contains a text."""
        wanted = text.lower()
        part = wanted.translate(_LIKE)
        rows = self.rows(_MATCHES, wanted, f"%{part}%", f"{part}%", limit + 1)
        matches = tuple(Match(id=ident, kind=kind, name=name or None) for kind, ident, name in rows[:limit])
        return Matches(matches=matches, truncated=len(rows) > limit)

    def terrain(self, x: int, y: int, radius: int) -> TerrainMap:
        """The ground of the exterior cells around one: those that the files have."""
        square = ((x + dx, y + dy) for dy in range(-radius, radius + 1) for dx in range(-radius, radius + 1))
        return TerrainMap(cells=tuple(ground for cell in square if (ground := self._ground[cell]) is not None))

    def _describe_record(self, key: str) -> Description | None:
        rows = self.rows(_DESCRIBED, key)
        if not rows:
            return None
        kind, ident, name, file, fields = rows[0]
        values = {key: value for key, value in json.loads(fields).items() if _is_finite(value)}
        text = values.pop("text", None)
        return Description(
            id=ident, kind=kind, name=name or None, file=self._file(file), text=text, fields=values,
            places=self._places(key),
        )  # fmt: skip

    def _describe_quest(self, key: str) -> Description | None:
        rows = self.rows(
            "SELECT stage, text, is_name, file FROM info WHERE topic = ? AND stage NOT NULL ORDER BY stage", key
        )
        if not rows:
            return None
        stages = {str(stage): text for stage, text, is_name, _ in rows if not is_name}
        file = max(row[3] for row in rows)
        return Description(id=key, kind="quest", name=self.quest_name(key), file=self._file(file), stages=stages)

    def _describe_cell(self, key: str) -> Description | None:
        rows = self.rows("SELECT name, region, interior, file FROM cell WHERE key = ?", key)
        if not rows:
            return None
        name, region, interior, file = rows[0]
        doors = tuple(
            Passage(cell=self.cell_name(cell), x=x, y=y, z=z, unique_index=f"{number}-0", to=self.cell_name(to))
            for cell, x, y, z, number, to in self.rows(_DOORS, key, MAX_DOORS)
        )
        fields = {"interior": bool(interior), **({} if region is None else {"region": self.name(region) or region})}
        return Description(
            id=self.cell_name(key), kind="cell", name=name or None, file=self._file(file), fields=fields, doors=doors
        )

    def _places(self, key: str) -> tuple[Placed, ...]:
        return tuple(
            Placed(
                cell=self.cell_name(cell), x=x, y=y, z=z, unique_index=f"{number}-0",
                owner=None if not (owner or faction) else self.name(owner or faction) or owner or faction,
            )
            for cell, x, y, z, number, owner, faction in self.rows(_PLACES, key, MAX_PLACES)
        )  # fmt: skip

    def _find_ground(self, cell: tuple[int, int]) -> TerrainCell | None:
        rows = self.rows("SELECT heights FROM land WHERE x = ? AND y = ? AND heights IS NOT NULL", *cell)
        return summarize(*cell, rows[0][0]) if rows else None

    def _find_name(self, ident: str) -> str | None:
        rows = self.rows("SELECT name FROM record WHERE key = ? AND name != '' LIMIT 1", ident.lower())
        return str(rows[0][0])[:MAX_NAME] if rows else None

    def _find_quest_name(self, quest: str) -> str | None:
        rows = self.rows("SELECT text FROM info WHERE topic = ? AND is_name LIMIT 1", quest.lower())
        return str(rows[0][0])[:MAX_NAME] if rows else None

    def _find_stage_text(self, at: tuple[str, int]) -> str | None:
        quest, stage = at
        query = "SELECT text FROM info WHERE topic = ? AND stage = ? AND NOT is_name LIMIT 1"
        rows = self.rows(query, quest.lower(), stage)
        return str(rows[0][0])[:MAX_STAGE_TEXT] if rows else None

    def _find_cell_name(self, key: str) -> str:
        rows = self.rows("SELECT CASE WHEN interior THEN name ELSE key END FROM cell WHERE key = ?", key.lower())
        return str(rows[0][0]) if rows else key

    def _find_quest_words(self, stages: tuple[tuple[str, int], ...]) -> tuple[dict[str, str], dict[str, str]]:
        names = {quest: name for quest, _ in stages if (name := self.quest_name(quest)) is not None}
        return names, {at[0]: text for at in stages if (text := self.stage_texts[at]) is not None}

    def _placed_in(self, cell: str) -> Remembered[str, PlacedWords]:
        return Remembered(lambda unique_index: self._find_placed(cell, unique_index), MAX_CACHED_PLACED)

    def _find_placed(self, cell: str, unique_index: str) -> PlacedWords:
        placed = _PLACED.fullmatch(unique_index)
        rows = [] if placed is None else self.rows(_OF_REFERENCE, cell.lower(), int(placed[1]))
        to_cell, owner = rows[0] if rows else (None, None)
        if to_cell is None and owner is None:
            return None
        return (to_cell and self.cell_name(to_cell)), (owner and (self.name(owner) or owner))

    def _file(self, number: int) -> str:
        return str(self._files.get(number, ""))


def _is_finite(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_finite, value))
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, float) or math.isfinite(value)
