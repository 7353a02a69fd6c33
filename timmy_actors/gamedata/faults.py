"""What is wrong with a plugin: the errors of the reader, and the faults that an index lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from timmy_actors.errors import GameDataError

MAX_FAULTS = 200
"""The most different faults that are listed."""
MAX_REASON = 300
"""The longest reason in characters: names in a file may be longer."""


class BrokenRecordError(GameDataError):
    """A record's content is wrong: it is left out, and the rest of the file is used."""

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        """Where in the record's body, in bytes."""


class TruncatedError(GameDataError):
    """The file can't be read from a record on: what stands before is used."""

    def __init__(self, record: str, offset: int, reason: str) -> None:
        super().__init__(f"record {record} at byte {offset}: {reason}")
        self.record = record
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file that is used otherwise: the first of its kind, and how many there are."""

    file: str
    record: str
    """Its tag; empty for what concerns the whole file."""
    offset: int
    reason: str
    count: int = 1

    def __str__(self) -> str:
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        where = f"{self.file}, record {self.record}, byte {self.offset}" if self.record else self.file
        return f"{where}: {self.reason}{more}"


@dataclass
class Faults:
    """Collects faults: one of each kind in a file, with a count."""

    kinds: dict[tuple[str, str], Fault] = field(default_factory=dict)

    def add(self, fault: Fault, kind: str | None = None) -> None:
        """Add a fault; those of one `kind` (None: those with the same reason) in a file are counted together."""
        fault = replace(fault, reason=fault.reason[:MAX_REASON])
        key = (fault.file, fault.reason if kind is None else kind)
        known = self.kinds.get(key)
        if known is not None:
            count = known.count + fault.count
            self.kinds[key] = Fault(known.file, known.record, known.offset, known.reason, count)
        elif len(self.kinds) < MAX_FAULTS:
            self.kinds[key] = fault

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.kinds.values())
