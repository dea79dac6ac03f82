"""Whatever is typed into whatever field: a sentence beside a field, never a failure."""

import re
from datetime import timedelta

import pytest

from app.attendance.models import Correction
from app.core import checks, clock
from app.core.columns.base import specs
from app.roster.models import Movement, ProjectWorker, StaffMember, Team
from tests.factories import people, roster
from tests.roster.conftest import NOON, build

BAD = {
    "control": "a\x01\x07\x1b[31m\x7f",
    "nul": "a\x00b",
    "long": "长" * 10_000,
    "bidi": "a\u202eb\u2066c",
    "negative": "-1",
    "huge": "9" * 30,
    "first year": "0001-01-01",
    "last year": "9999-12-31",
    "code": "no-such-code",
    "foreign": "999999999",
    "script": "<script>alert(1)</script>' or 1=1 --",
}
NAMED = re.compile(r'id="([\w-]+)-error"')


@pytest.fixture
def place(system, signed_in):
    """A browser of the general contractor and the pages of every form, with data that passes."""
    with system():
        city = build()
        worker, team = roster.worker(city.main_team), roster.team(city.main)
        unit, project, user = city.main.id, city.project.id, city.firm_user
        known = {"worker": worker.id, "team": city.main_team.id, "empty": team.id}
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"], session["locale"] = project, "en"
    return browser, unit, known


def person():
    human = people.person()
    return {"id_type": "01", "id_number": human.id_number, "name": human.name,
            "mobile": human.mobile}  # fmt: skip


def forms(unit, known):
    """Give address, model and passing data of every form, fresh at each call."""
    worker = {**person(), "unit_id": unit, "team_id": known["team"], "entry_on": "2026-11-20",
              "is_team_leader": "0"}  # fmt: skip
    leader = {f"leader_{name}": value for name, value in person().items()}
    staff = {**person(), "unit_id": unit, "on_post_from": "2026-11-01", "has_account": "0"}
    exit_ = {"moved_on": "2026-11-22", "reason": "resigned", "settled": "0"}
    return {
        "/workerview/add": (ProjectWorker, worker),
        "/workerview/quick": (ProjectWorker, worker),
        f"/workerview/edit/{known['worker']}": (ProjectWorker, {"row_version": "1"}),
        f"/workerview/exit?rowid={known['worker']}": (Movement, exit_),
        f"/teamview/exit/{known['empty']}": (Movement, exit_),
        "/teamview/add": (Team, {**leader, "unit_id": unit, "work_type": "020", "name": "木工班",
                                 "entry_on": "2026-11-01"}),
        "/managerview/add": (StaffMember, {**staff, "post": "1011"}),
        "/specialistview/add": (StaffMember, {**staff, "post": "1"}),
        "/corrections/add": (Correction, {
            "worker_ids": [known["worker"]], "work_on": "2026-11-20", "in_time": "07:00",
            "out_time": "12:00", "reason": "missed_punch",
        }),
    }  # fmt: skip


PAGES = [re.sub(r"\d+", "{}", page) for page in forms(0, {"worker": 0, "team": 0, "empty": 0})]


def faults(answer, name, kind):
    """Tell what is wrong with an answer to one odd value."""
    if answer.status_code == 200 and not NAMED.findall(answer.text):
        return [(name, kind, "no field is named")]
    # 302: a plain text may hold it; 400: no browser sends it; 409: left meanwhile
    return [] if answer.status_code in {200, 302, 400, 409} else [(name, kind, answer.status_code)]


@pytest.mark.parametrize("which", range(len(PAGES)), ids=PAGES)
def test_no_typed_value_breaks_a_form_and_each_refusal_names_a_field(place, which):
    browser, unit, known = place

    def given():
        return list(forms(unit, known).items())[which]

    page, (model, _data) = given()
    wrong, tried = [], 0
    with clock.frozen(NOON):
        shown = browser.get(page).text
        names = [
            name for name, spec in specs(model).items()
            if f'name="{name}"' in shown and spec.kind.control != "file"
        ]  # fmt: skip
        for kind, value in BAD.items():
            answer = browser.post(page, data={**given()[1][1], **dict.fromkeys(names, value)})
            wrong += faults(answer, "all", kind)
            refused = set(NAMED.findall(answer.text))
            for name in set(names) - refused if refused else ():
                data = {**given()[1][1], name: value}
                wrong += faults(browser.post(page, data=data), name, kind)
                tried += 1
    assert wrong == []
    assert tried, "some odd value passes the form and meets the service"


@pytest.mark.parametrize("model", [ProjectWorker, StaffMember])
def test_a_document_is_not_valid_from_a_day_to_come(app, model):
    kind = specs(model)["id_valid_from"].kind
    with app.test_request_context(), clock.frozen(NOON):
        today = clock.today()
        assert kind.clean(today.isoformat()) == today
        with pytest.raises(checks.Invalid):
            kind.clean((today + timedelta(days=1)).isoformat())
