"""Paths in the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from timmy_actors.protocol import Name
from timmy_actors.system import from_folder


def _from_the_file(path: str, info: ValidationInfo) -> str:
    """Resolve a path against the configuration file's folder, whatever the working directory."""
    return path if info.context is None else from_folder(path, info.context)


FilePath = Annotated[Name, AfterValidator(_from_the_file)]
