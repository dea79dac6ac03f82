"""Every line of section 9 stands in the schema of its method."""

import pytest

from app.openapi.methods import METHODS
from tests.openapi.methods import section_9


@pytest.mark.parametrize("name", section_9.METHODS)
def test_the_interface_has_the_method(name):
    method = METHODS[name]
    assert method.answer or (method.check and method.work)


@pytest.mark.parametrize(
    ("method", "place", "name", "marks"),
    [
        pytest.param(method, place, name, marks, id=f"{section} {method} {place} {name}")
        for section, method, place, name, marks in section_9.lines()
    ],
)
def test_a_field_of_the_description_is_taken_as_it_says(method, place, name, marks):
    schema = METHODS[method].reply if place == "reply" else METHODS[method].schema
    if place not in ("", "reply"):
        schema = next(field.items for field in schema if field.name == place)
    field = next(field for field in schema if field.name == name)
    assert field.sensitive is ("E" in marks)
    if place == "reply":
        return
    assert (field.required is True) is ("R" in marks)
    assert callable(field.required) is ("c" in marks)
    wanted = [mark for mark in marks if mark not in ("R", "E", "c")]
    assert wanted in ([], [field.dictionary])
