"""What a process holds, read from /proc, and whether it stays flat."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Curve:
    """One thing over time."""

    name: str
    unit: str
    values: Sequence[float]
    slack: float
    """By how much its end may be above its middle, in the unit: less than an hour's leak would be, more than noise."""
    slack_share: float = 0.03

    @property
    def grew(self) -> float:
        """How far the median of the last quarter is above that of the second: the first is warming up."""
        quarter = max(1, len(self.values) // 4)
        return statistics.median(self.values[-quarter:]) - statistics.median(
            self.values[quarter : 2 * quarter] or [0.0]
        )

    @property
    def is_flat(self) -> bool:
        """Whether that is within the slack."""
        middle = statistics.median(self.values)
        return self.grew <= self.slack + self.slack_share * middle


@dataclass(frozen=True)
class Sample:
    """One look at a process."""

    rss_mb: float
    threads: int
    descriptors: int


def look(pid: int) -> Sample:
    """Read it.

    Raises:
        OSError: it has ended.
    """
    root = Path(f"/proc/{pid}")
    pages = int((root / "statm").read_text().split()[1])
    return Sample(pages * PAGE_BYTES / 1e6, _count(root / "task"), _count(root / "fd"))


def journal_mb(path: Path) -> float:
    """The journal with its write-ahead log."""
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())
