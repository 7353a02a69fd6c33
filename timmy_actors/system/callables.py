"""Callables that a person names: `package.module:name`."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from timmy_actors.errors import ConfigError


def import_callable(name: str, setting: str, folder: Path | None = None) -> Callable[..., Any]:
    """Import what `package.module:name` names.

    Args:
        name: the module and the name in it.
        setting: says in the error where the name stands.
        folder: where modules may be besides Python's own places, which come first.

    Raises:
        ConfigError: there is no such module or name, it cannot be called, or its module fails when it is imported.
    """
    if ":" not in name:
        raise ConfigError(f"{setting}: {name[:64]!r} must be package.module:name")
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        named = resolve_name(name)
    except ImportError as error:
        remedy = "check its name, and that it is installed or its folder is in PYTHONPATH"
        raise ConfigError(f"{setting}: {error}: {remedy}") from error
    except Exception as error:  # the user's code runs while it is imported
        raise ConfigError(f"{setting}: {name}: {describe_failure(error)}") from error
    if not callable(named):
        raise ConfigError(f"{setting}: {name} cannot be called")
    return named  # type: ignore[no-any-return]


def describe_failure(error: BaseException) -> str:
    """An exception in one line, with the place that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
