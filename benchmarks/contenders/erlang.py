"""Erlang/OTP in a process of its own (`otp.escript`), measured there and asked for each round by a line."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from pathlib import Path

from benchmarks.contenders import ASKS, BURSTS, CRASHES, LIVES, TELLS, AbsentError

SCRIPT = Path(__file__).with_name("otp.escript")


class Erlang:
    """A gen_server under a supervisor."""

    name = "Erlang/OTP"

    def __init__(self) -> None:
        """Start it.

        Raises:
            AbsentError: there is no Erlang here.
        """
        escript = shutil.which("escript")
        if escript is None:
            raise AbsentError("Erlang/OTP is not installed (apt install erlang-base)")
        self._process = subprocess.Popen(
            [escript, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ask()

    def ask(self) -> float:
        """See `Contender`."""
        return self._measure("ask", ASKS)[0]

    def tell(self) -> tuple[float, float]:
        """See `Contender`."""
        sent, handled = zip(*(self._measure("tell", TELLS) for _ in range(BURSTS)), strict=True)
        return statistics.median(sent), statistics.median(handled)

    def live(self) -> tuple[float, float]:
        """See `Contender`."""
        start, stop = self._measure("live", LIVES)
        return start, stop

    def crash(self) -> float:
        """See `Contender`."""
        return self._measure("crash", CRASHES)[0]

    def start_one_more(self, children: int) -> float:
        """From asking for one more child to its first answer, beside so many."""
        return self._measure("more", children)[0]

    def close(self) -> None:
        """See `Contender`."""
        self._process.communicate()

    def _measure(self, verb: str, times: int) -> list[float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{verb} {times}\n")
        self._process.stdin.flush()
        return [float(figure) for figure in self._process.stdout.readline().split()]
