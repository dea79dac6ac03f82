"""One guard keeps every edit form from writing over what was saved meanwhile."""

import pytest

from app.core.views.pages import download
from app.extensions import db
from app.roster.choices import StaffKind, StaffState
from app.roster.models import ProjectWorker, StaffMember, Team
from tests.factories import enterprises, projects, roster, states
from tests.house.test_references import posted

MODELS = {"teamview": Team, "workerview": ProjectWorker, "specialistview": StaffMember}
MOBILE = {"teamview": "leader_mobile", "workerview": "mobile", "specialistview": "mobile"}


@pytest.fixture
def forms(system, signed_in):
    """Give by view a row, its version and a complete form, and a browser of its contractor."""
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        team = roster.team(unit)
        worker, values = roster.worker(team), roster.staff_values(unit, "1")
        staff = StaffMember(
            project_id=unit.project_id, staff_kind=StaffKind.SPECIALIST, source="manual", **values
        )
        db.session.add(staff)
        db.session.flush()
        states.put(StaffMember, staff, StaffState.ON_SITE)
        known = {"id_number": worker.id_number, "name": worker.name, "is_team_leader": False}
        site, user = unit.project_id, enterprises.admin(firm)
        found = {
            "teamview": (team.id, team.row_version, posted(roster.team_values(unit))),
            "workerview": (
                worker.id, worker.row_version, posted(roster.whole_values(team, **known)),
            ),
            "specialistview": (staff.id, staff.row_version, posted(values)),
        }  # fmt: skip
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = site
    return browser, found


def test_a_posted_form_that_lacks_a_value_is_refused_beside_its_field(forms, system):
    browser, found = forms
    number, version, values = found["workerview"]
    del values["is_team_leader"]
    answer = browser.post(
        f"/workerview/edit/{number}",
        data={**values, "row_version": version, "mobile": "13800138001"},
    )

    assert answer.status_code == 200
    assert 'href="#is_team_leader"' in answer.get_data(as_text=True)
    with system() as session:
        assert session.get(ProjectWorker, number).mobile != "13800138001"


@pytest.mark.parametrize("view", MODELS)
def test_a_form_opened_before_somebody_else_saved_is_refused(forms, system, view):
    browser, found = forms
    number, version, values = found[view]
    url, field = f"/{view}/edit/{number}", MOBILE[view]
    first = browser.post(url, data={**values, field: "13800138001", "row_version": version})
    second = browser.post(url, data={**values, field: "13800138002", "row_version": version})

    assert first.status_code == 302, first.get_data(as_text=True)
    assert second.status_code == 200
    assert "13800138002" in second.get_data(as_text=True), "what was typed stays"
    assert 'role="alert"' in second.get_data(as_text=True)
    with system() as session:
        assert getattr(session.get(MODELS[view], number), field) == "13800138001"


def test_a_file_with_a_chinese_name_carries_a_plain_one_too(app):
    with app.test_request_context():
        chinese = download(b"x", "工人 名册.xlsx", "application/x").headers["Content-Disposition"]
        plain = download(b"x", "roster.xlsx", "application/x").headers["Content-Disposition"]

    assert "filename=download.xlsx" in chinese
    assert "filename*=UTF-8''%E5%B7%A5%E4%BA%BA%20%E5%90%8D%E5%86%8C.xlsx" in chinese
    assert "filename=roster.xlsx" in plain
