from __future__ import annotations

import subprocess
import sys

import pytest

OUTPUTS = {
    "one_for_one": """\
one_for_one: all children start
  weather starts
  music starts
  lights starts
music fails
  music starts
music is up in generation 2, the others never noticed
the supervisor is asked to stop
  lights stops
  music stops
  weather stops
""",
    "one_for_all": """\
one_for_all: all children start
  reader starts
  parser starts
  writer starts
parser fails
  writer stops
  reader stops
  reader starts
  parser starts
  writer starts
generations: {'reader': 2, 'parser': 2, 'writer': 2}: all of them are new
the supervisor is asked to stop
  writer stops
  parser stops
  reader stops
""",
    "rest_for_one": """\
rest_for_one: all children start
  database starts
  cache starts
  server starts
cache fails
  server stops
  cache starts
  server starts
generations: {'database': 1, 'cache': 2, 'server': 2}: database was left alone
the supervisor is asked to stop
  server stops
  cache stops
  database stops
""",
    "dynamic": """\
one_for_one: all children start
  ann starts
  bob starts
  cid starts
3 visitors are here
bob fails
2 visitors are left, and the names are ann, cid
ann is asked to leave
  ann stops
1 visitor is left
the supervisor is asked to stop
  cid stops
""",
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_example_prints_the_same_every_time(name: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", f"timmy_actors.supervision.examples.{name}"], capture_output=True, text=True, check=False
    )
    assert result.stdout == OUTPUTS[name]
    assert result.returncode == 0
    assert "Traceback" not in result.stderr
