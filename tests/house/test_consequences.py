"""Whoever is asked to make a move of these flows reads what follows from it."""

import re

import pytest
from flask_babel import force_locale

from app.enterprises.states import CHANGE
from app.guides.states import ARTICLE_FLOW
from app.incidents.states import INCIDENT_FLOW
from tests.house.machines import machines

TOLD = [CHANGE, ARTICLE_FLOW, INCIDENT_FLOW]


@pytest.mark.parametrize("machine", TOLD, ids=["changes", "articles", "incidents"])
def test_every_move_a_person_makes_tells_its_consequence(machine):
    assert [m.verb for m in machine.transitions if not m.system and not m.consequence] == []


def test_every_consequence_is_translated(app):
    said = {move.consequence for _name, machine in machines() for move in machine.transitions}
    with app.test_request_context(), force_locale("zh"):
        words = [str(one) for one in said if one]
        assert len(words) > 10
        assert [one for one in words if not re.match(r"[\u4e00-\u9fff]", one)] == []
