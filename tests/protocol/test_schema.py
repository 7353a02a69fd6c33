from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tools.schemas import schemas

DOCUMENTED = Path(__file__).parents[2] / "docs" / "protocol" / "schema"


def test_the_documented_schemas_are_those_of_the_models() -> None:
    documented = {file.name: json.loads(file.read_text()) for file in DOCUMENTED.glob("*.json")}
    assert documented == schemas(), "run 'make schemas'"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])
