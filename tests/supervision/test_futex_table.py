"""The kernel's table of waiting threads grows with the actors of a tree; each test looks at a process of its own."""

from __future__ import annotations

import subprocess
import sys

from timmy_actors.supervision.futex_table import ENOUGH

MANY = 3_000


def slots_after(names: int) -> int:
    """How many slots a process's table has whose directory knows so many names."""
    code = (
        "from timmy_actors.supervision import Directory, Entry\n"
        "from timmy_actors.supervision.futex_table import slots\n"
        "import threading\n"
        "threading.Thread(target=int).start()\n"  # the kernel gives a table to a process that has threads
        "directory = Directory()\n"
        f"for n in range({names}): directory.write(Entry(f'c{{n}}'))\n"
        "print(slots() or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return int(ran.stdout)


def test_a_tree_of_thousands_has_a_slot_for_every_actor() -> None:
    before, after = slots_after(ENOUGH), slots_after(MANY)
    if before == 0:  # before Linux 6.16 a process has no table of its own: a large tree must do without, too
        assert after == 0
    else:
        assert after >= MANY
        assert before < ENOUGH, "a small tree leaves the table as it is"
