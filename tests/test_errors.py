"""Errors that cross processes, as those of a vector's lanes do."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from timmy_actors.errors import DeclinedError, RefusedError, ToolError


@pytest.mark.parametrize(
    "error",
    [
        DeclinedError("expired", "too late"),
        RefusedError("bad_arguments", "must be a number", "x"),
        ToolError("tool_failed", "no window", "not_focused"),
    ],
)
@pytest.mark.parametrize("through", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_with_a_code_is_the_same_in_another_process(error: DeclinedError, through: Any) -> None:
    received = through(error)
    assert (type(received), str(received), vars(received)) == (type(error), error.message, vars(error))
