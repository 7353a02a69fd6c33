from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree
from timmy_actors.errors import CallCycleError, RefusedError
from timmy_actors.supervision import ChildSpec, Directory


@pytest.fixture
def directory() -> Iterator[Directory]:
    with Tree(*(ChildSpec(name, Doer) for name in "abc")) as tree:
        yield tree.started().directory


def asking(directory: Directory, *names: str) -> Callable[[Doer], Any]:
    """A message that asks the first name, which asks the second, and so on."""

    def ask(_actor: Doer) -> Any:
        if not names:
            return "the end"
        try:
            return directory.ask(names[0], asking(directory, *names[1:]), timeout_s=PATIENCE_S).wait()
        except CallCycleError as circle:
            raise RefusedError("cycle", str(circle)) from circle

    return ask


@pytest.mark.parametrize(
    ("path", "named"), [("a", "a asks a"), ("ba", "b asks a asks b"), ("bca", "c asks a asks b asks c")]
)
def test_a_circle_is_named_instead_of_waited_for(directory: Directory, path: str, named: str) -> None:
    with pytest.raises(RefusedError, match=f"{named}: none of them would ever be answered"):
        directory.ask("a", asking(directory, *path), timeout_s=PATIENCE_S).wait()


def test_a_chain_without_a_circle_is_answered(directory: Directory) -> None:
    for _ in range(2):  # and leaves nothing behind that the next would take for a circle
        assert directory.ask("a", asking(directory, "b", "c"), timeout_s=PATIENCE_S).wait() == "the end"
        assert directory.ask("c", asking(directory, "b", "a"), timeout_s=PATIENCE_S).wait() == "the end"


def test_asking_without_waiting_is_no_circle(directory: Directory) -> None:
    def ask_and_go_on(_actor: Doer) -> Any:
        return directory.ask("a", lambda _: "later", timeout_s=PATIENCE_S)

    assert directory.ask("a", ask_and_go_on, timeout_s=PATIENCE_S).wait().wait() == "later"
