from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from timmy_actors.protocol import Answer, AnswerBase, ServiceRequest, answer_model
from timmy_actors.protocol.partial_answer import VALUES

TYPES = {request.model_fields["type"].default for request in get_args(ServiceRequest)}


def test_every_type_of_request_but_a_command_names_its_field_of_the_answer() -> None:
    assert set(VALUES) == TYPES - {"command"}
    assert answer_model("command") is AnswerBase


@pytest.mark.parametrize("request_type", sorted(VALUES))
def test_a_part_of_an_answer_has_the_same_field_as_the_whole(request_type: str) -> None:
    field, _ = VALUES[request_type]
    assert answer_model(request_type).model_fields[field].annotation == Answer.model_fields[field].annotation


def test_a_part_of_an_answer_is_validated_as_the_whole_is() -> None:
    with pytest.raises(ValidationError, match=r"flight\.messages"):
        answer_model("flight").model_validate_json('{"id": "1", "flight": {"path": "x", "messages": -1, "seconds": 1}}')
