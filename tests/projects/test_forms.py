"""The words of the application form (screens.md 4.2)."""

import re

from flask_babel import force_locale

from app.core import dictionaries
from app.projects.forms import application_form, participant_specs

TWICE = re.compile(r"([\u4e00-\u9fff]{2,})\1")


def words(app, names=None):
    with app.test_request_context(), force_locale("zh"):
        declared = participant_specs()
        return {name: str(declared[name].label) for name in names or declared}


def test_a_participants_fields_name_the_unit_once(app):
    found = words(app)

    assert found["owner_name"] == "建设单位名称"
    assert found["owner_owner_id_number"] == "业主证件号码"
    assert {name: label for name, label in found.items() if TWICE.search(label)} == {}


def test_the_names_of_persons_say_that_a_name_is_wanted(app):
    with app.test_request_context(), force_locale("zh"):
        form = application_form()()
        found = {name: str(form[name].label.text) for name in form._fields if name in form}

    assert [found[f"{post}_name"] for post in ("manager", "labour_manager")] == [
        "项目经理姓名", "劳资专管员姓名",
    ]  # fmt: skip
    assert found["bond_type"] == "保证金方式"


def test_a_project_of_the_city_itself_stands_in_no_district(app):
    with app.test_request_context():
        assert dictionaries.label("district", "440700") in {"市直", "City level"}
