"""Builds the index of the game's files: one SQLite file, replaced as a whole."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata.decoding import CODE_PAGES
from timmy_actors.gamedata.faults import Fault, Faults
from timmy_actors.gamedata.limits import MAX_FILES
from timmy_actors.gamedata.plugin import LeftOutError, Plugin, hash_file
from timmy_actors.gamedata.tables import FORMAT, INDEXES, TABLES, Tables, define

OnProgress = Callable[[int, int], None]
"""Called with the bytes that were read and those of all files."""


def build_index(
    files: Sequence[Path], index: Path, *, code_page: str = "cp1252", on_progress: OnProgress = lambda *_: None
) -> bool:
    """Build the index of files in their load order, unless it is that of the same files already.

    Returns:
        Whether it was built.

    Raises:
        GameDataError: no file can be used, one has changed while it was read, or the index cannot be written.
    """
    if not files or len(files) > MAX_FILES or code_page not in CODE_PAGES:
        raise GameDataError(f"there must be 1 to {MAX_FILES} game files, in a code page of {', '.join(CODE_PAGES)}")
    hashes = [hash_file(path) for path in files]
    signature = json.dumps([FORMAT, code_page, [str(path) for path in files], hashes])
    if read_signature(index) == signature:
        return False
    with _replacing(index) as connection:
        _fill(connection, files, hashes, code_page, on_progress)
        connection.execute("INSERT INTO meta VALUES ('signature', ?)", (signature,))
    return True


def read_signature(index: Path) -> str | None:
    """What an index was built of; None: it is none."""
    if not index.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = 'signature'").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])


@contextlib.contextmanager
def _replacing(index: Path) -> Iterator[sqlite3.Connection]:
    """A new database that takes the index's place in the end."""
    new = index.with_name(f"{index.name}.{os.getpid()}.new")
    try:
        index.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_abandoned(index)
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
            # Not durable, and needs no journal: an unfinished index is never used.
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
            yield connection
            connection.execute("COMMIT")
        new.chmod(0o600)
        new.replace(index)
    except (OSError, sqlite3.Error) as error:
        raise GameDataError(
            f"index {index}: it cannot be written ({error}): name another with game_data.index"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def _remove_abandoned(index: Path) -> None:
    """Remove what builders left that were killed: the daemon kills its own when it stops."""
    for left in index.parent.glob(f"{glob.escape(index.name)}.*.new"):
        pid = left.name.removeprefix(f"{index.name}.").removesuffix(".new")
        if pid == str(os.getpid()) or (pid.isdecimal() and not Path(f"/proc/{pid}").exists()):
            left.unlink(missing_ok=True)


def _fill(
    connection: sqlite3.Connection, files: Sequence[Path], hashes: list[str], code_page: str, on_progress: OnProgress
) -> None:
    define(connection, TABLES)
    tables, faults, loaded = Tables(connection), Faults(), dict[str, int]()
    total = sum(path.stat().st_size for path, digest in zip(files, hashes, strict=True) if digest)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        on_progress(done, max(total, done))

    for number, (path, digest) in enumerate(zip(files, hashes, strict=True), 1):
        plugin = Plugin(path, number, loaded=loaded, tables=tables, faults=faults, code_page=code_page)
        try:
            was_read = plugin.read(advance)
        except LeftOutError as error:
            faults.add(Fault(str(path), "", 0, f"{error}: the file is left out"))
            continue
        if was_read != digest:
            raise GameDataError(f"{path}: it has changed while it was read: start again when it is complete")
        loaded[path.name.lower()] = number
        connection.execute("INSERT INTO file VALUES (?, ?, ?)", (number, path.name, path.stat().st_size))
    if not loaded:
        raise GameDataError("; ".join(str(fault) for fault in faults))
    tables.finish()
    define(connection, INDEXES)
    _note_dangling(connection, files, faults)
    rows = [(each.file, each.record, each.offset, each.reason, each.count) for each in faults]
    connection.executemany("INSERT INTO fault VALUES (?, ?, ?, ?, ?)", rows)


_DANGLING = {
    "its reference to {} leads to no record": (
        "SELECT file, min(offset), key, count(*) FROM reference WHERE key NOT IN (SELECT key FROM record) GROUP BY file"
    ),
    "a door leads to {}, which is no cell": (
        "SELECT file, min(offset), to_cell, count(*) FROM reference"
        " WHERE to_cell NOT IN (SELECT key FROM cell) GROUP BY file"
    ),
}


def _note_dangling(connection: sqlite3.Connection, files: Sequence[Path], faults: Faults) -> None:
    for reason, query in _DANGLING.items():
        for number, offset, key, count in connection.execute(query):
            fault = Fault(str(files[number - 1]), "CELL", offset, reason.format(json.dumps(key)), count)
            faults.add(fault)
