from __future__ import annotations

import math
from typing import Any

import pytest

from tests.supervision.lifecycles import Doer
from timmy_actors.errors import SpecError
from timmy_actors.supervision import AutoShutdown, Backoff, ChildSpec, Directory, Intensity, RestartType, Supervisor


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": ""}, "child: id: '': must be a name"),
        ({"id": "  "}, "child: id: '  ': must be a name"),
        ({"id": None}, "child: id: None: must be a name"),
        ({"factory": None}, "child 'a': factory: None: must be a callable that creates the actor"),
        ({"factory": "Doer"}, "child 'a': factory: 'Doer': must be a callable that creates the actor"),
        (
            {"restart": "always"},
            "child 'a': restart: 'always': must be a RestartType or one of 'permanent', 'transient', ",
        ),
        ({"restart": []}, "child 'a': restart: a list: must be a RestartType or one of"),
        ({"expected": OSError}, "child 'a': expected: a type: must be a tuple of exception classes"),
        ({"expected": (OSError, "x")}, "child 'a': expected: a tuple: must be a tuple of exception classes"),
        ({"expected": (OSError(),)}, "child 'a': expected: a tuple: must be a tuple of exception classes"),
        ({"backoff": 3.0}, "child 'a': backoff: 3.0: must be a Backoff"),
        ({"start_s": 0}, "child 'a': start_s: 0: must be seconds, more than 0, or None for no limit"),
        ({"start_s": math.nan}, "child 'a': start_s: nan: must be seconds, more than 0, or None for no limit"),
        ({"start_s": "5"}, "child 'a': start_s: '5': must be seconds"),
        ({"start_s": True}, "child 'a': start_s: True: must be seconds"),
        ({"shutdown_s": None}, "child 'a': shutdown_s: None: must be seconds"),
        ({"significant": "yes", "restart": "transient"}, "child 'a': significant: 'yes': must be True or False"),
        ({"shutdown_s": -1}, "child 'a': shutdown_s: -1: must be seconds, or 0 not to wait at all"),
        ({"shutdown_s": math.nan}, "child 'a': shutdown_s: nan: must be seconds, or 0 not to wait at all"),
        ({"hung_after_s": -1}, "child 'a': hung_after_s: -1: must be seconds, more than 0, or None for never"),
        ({"significant": True}, "child 'a': significant: True: a permanent child is always restarted"),
    ],
)
def test_an_invalid_child_spec_is_refused_with_the_child_the_field_and_the_remedy(
    wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(SpecError) as error:
        ChildSpec(**{"id": "a", "factory": Doer, **wrong})
    assert str(error.value).startswith(message)


def test_two_children_of_one_name_are_refused_before_anything_starts() -> None:
    with pytest.raises(SpecError, match="child 'a': id: two children of this one_for_one supervisor have it"):
        Supervisor([ChildSpec("a", Doer), ChildSpec("b", Doer), ChildSpec("a", Doer)], Directory())


def test_a_significant_child_under_a_supervisor_that_never_shuts_down_is_refused() -> None:
    child = ChildSpec("a", Doer, RestartType.TRANSIENT, significant=True)
    with pytest.raises(
        SpecError, match="child 'a': significant: it has no effect, because the supervisor's auto_shutdown is never"
    ):
        Supervisor([child], Directory())
    Supervisor([child], Directory(), auto_shutdown=AutoShutdown.ALL_SIGNIFICANT)


@pytest.mark.parametrize("field", ["base_s", "cap_s", "stable_after_s"])
@pytest.mark.parametrize("value", [-1.0, math.nan])
def test_a_negative_or_nan_backoff_is_refused(field: str, value: float) -> None:
    with pytest.raises(SpecError, match=f"backoff: {field}: {value!r}"):
        Backoff(**{field: value})


def test_an_invalid_intensity_is_refused() -> None:
    with pytest.raises(SpecError, match="intensity: failures: -1"):
        Intensity(failures=-1)
    with pytest.raises(SpecError, match="intensity: period_s: 0"):
        Intensity(period_s=0)


def test_timeouts_may_be_unlimited() -> None:
    assert ChildSpec("a", Doer, start_s=None, hung_after_s=None, shutdown_s=math.inf)
