"""证书: single ones by form, their check, their expiry, and what a special trade asks for."""

import re
from datetime import date, datetime

import pytest

from app.core import clock
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.roster import services
from app.roster.choices import CertCheck, StayState
from app.roster.models import Certificate, ProjectWorker
from app.roster.queries import papers
from app.roster.services import certificates, special_trades
from tests.factories import enterprises, roster
from tests.roster.conftest import build, principal_of

GENUINE, NOT_FOUND = CertCheck.GENUINE, CertCheck.NOT_FOUND


def paper(**values):
    return {
        "kind": "special", "special_type": "02", "number": "T-1", "issuer": "省住建厅",
        "issued_on": date(2024, 1, 1), "valid_to": date(2028, 1, 1), **values,
    }  # fmt: skip


def record(site, actor, *rows):
    return services.record_certificates(site.project, rows, actor=actor)


def refusals(call, *given, **named):
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {problem.field: str(problem) for problem in problems}


@pytest.fixture
def worker(site):
    return roster.worker(site.main_team, work_type="030")


def held(worker):
    return papers.certificates_of([worker.id])[worker.id]


def test_a_certificate_is_recorded_corrected_and_removed(site, gc, worker):
    made = record(site, gc, {"worker": worker, **paper()})[0]
    again = record(site, gc, {"worker": worker, **paper()})[0]
    mended = record(site, gc, {"worker": worker, **paper(issuer="市住建局")})[0]
    assert [(r.new, r.changed) for r in (made, again, mended)] == [
        (True, True), (False, False), (False, True),
    ]  # fmt: skip
    assert [one.issuer for one in held(worker)] == ["市住建局"]

    services.edit_certificate(held(worker)[0], {"number": "T-2"}, actor=gc)
    assert held(worker)[0].number == "T-2"
    services.drop_certificate(held(worker)[0], actor=gc)
    assert held(worker) == []


@pytest.mark.parametrize(("change", "field"), [
    pytest.param({"number": None}, "number", id="no number"),
    pytest.param({"kind": None}, "kind", id="no kind"),
    pytest.param({"special_type": None}, "special_type", id="special, of no category"),
    pytest.param({"valid_to": None}, "valid_to", id="no end"),
    pytest.param({"valid_to": date(2023, 1, 1)}, "valid_to", id="ends before it was issued"),
    pytest.param({"issued_on": date(2026, 11, 23)}, "issued_on", id="issued tomorrow"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(site, gc, worker, change, field):
    assert list(refusals(record, site, gc, {"worker": worker, **paper(**change)})) == [field]
    assert held(worker) == []


def test_a_certificate_of_another_kind_needs_no_special_category(site, gc, worker):
    record(site, gc, {"worker": worker, **paper(kind="1", special_type=None)})

    assert held(worker)[0].special_type is None


def test_a_check_says_who_and_when_and_falls_with_what_it_checked(site, gc, worker):
    row = record(site, gc, {"worker": worker, **paper()})[0].row
    services.verify_certificate(row, {"verify_state": GENUINE}, actor=gc)
    assert (row.verify_state, row.verified_by) == (GENUINE, gc.user_id)
    assert row.verified_at == clock.now()

    services.edit_certificate(row, {"issuer": "另一机关"}, actor=gc)
    assert row.verify_state is GENUINE
    services.edit_certificate(row, {"valid_to": date(2030, 1, 1)}, actor=gc)
    assert (row.verify_state, row.verified_at, row.verified_by) == (
        CertCheck.UNCHECKED, None, None,
    )  # fmt: skip


def test_the_worker_s_form_and_a_sheet_do_not_keep_a_check_of_other_data(site, gc, worker):
    row = record(site, gc, {"worker": worker, **paper()})[0].row
    services.verify_certificate(row, {"verify_state": GENUINE}, actor=gc)
    record(site, gc, {"worker": worker, **paper(valid_to=date(2029, 1, 1))})
    assert row.verify_state is CertCheck.UNCHECKED
    services.verify_certificate(row, {"verify_state": GENUINE}, actor=gc)
    services.edit_worker(worker, {"certificates": [paper(valid_to=date(2027, 1, 1))]}, actor=gc)
    assert row.verify_state is CertCheck.UNCHECKED


def test_a_bad_finding_says_where_it_was_looked_up(site, gc, worker):
    row = record(site, gc, {"worker": worker, **paper()})[0].row

    assert refusals(services.verify_certificate, row, {"verify_state": NOT_FOUND}, actor=gc) == {
        "verify_remark": "请填写在哪里查询的"
    }
    assert list(refusals(services.verify_certificate, row, {}, actor=gc)) == ["verify_state"]
    assert row.verify_state is CertCheck.UNCHECKED


def test_two_certificates_of_one_number_are_refused(site, gc, worker):
    record(site, gc, {"worker": worker, **paper()}, {"worker": worker, **paper(number="T-2")})

    second = held(worker)[1]
    assert list(refusals(services.edit_certificate, second, {"number": "T-1"}, actor=gc)) == [
        "number"
    ]
    twice = ({"worker": worker, **paper(number="X")}, {"worker": worker, **paper(number="X")})
    assert list(refusals(record, site, gc, *twice)) == ["number"]


def test_a_stay_that_ended_keeps_its_certificates_as_they_are(site, gc):
    gone = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 11, 1))
    row = Certificate(
        project_id=gone.project_id, unit_id=gone.unit_id, worker_id=gone.id, **paper()
    )
    db.session.add(row)
    db.session.flush()

    for call in (services.edit_certificate, services.verify_certificate):
        assert refusals(call, row, {"verify_state": GENUINE, "number": "1"}, actor=gc) != {}
    assert refusals(services.drop_certificate, row, actor=gc) != {}
    assert refusals(record, site, gc, {"worker": gone, **paper(number="2")}) != {}


def test_what_was_recorded_can_be_taken_back(site, gc, worker):
    first = record(site, gc, {"worker": worker, **paper()})[0]
    services.verify_certificate(first.row, {"verify_state": GENUINE}, actor=gc)
    second = record(site, gc, {"worker": worker, **paper(valid_to=date(2029, 1, 1))})[0]

    certificates.take_back([(second.row, second.before)], actor=gc)
    assert (first.row.valid_to, first.row.verify_state) == (date(2028, 1, 1), GENUINE)
    certificates.take_back([(first.row, first.before)], actor=gc)
    assert held(worker) == []


@pytest.mark.parametrize(("trade", "duty", "of", "missing"), [
    pytest.param("030", None, None, ["建筑架子工"], id="a scaffolder without any"),
    pytest.param("030", None, {"special_type": "02"}, [], id="a scaffolder with his own"),
    pytest.param("030", None, {"special_type": "01"}, ["建筑架子工"], id="another category"),
    pytest.param("030", None, {"kind": "1"}, ["建筑架子工"], id="no special certificate"),
    pytest.param("030", None, {"valid_to": date(2026, 11, 22)}, [], id="valid until today"),
    pytest.param("030", None, {"valid_to": date(2026, 11, 21)}, ["建筑架子工"], id="expired"),
    pytest.param("030", None, {"verify_state": NOT_FOUND}, ["建筑架子工"], id="no such one"),
    pytest.param("030", None, {"verify_state": GENUINE}, [], id="genuine"),
    pytest.param("020", None, None, [], id="a trade that asks for none"),
    pytest.param("160", None, None, [], id="a category the city has switched off"),
    pytest.param("020", ["06"], None, ["建筑架子工", ""], id="a duty"),
])  # fmt: skip
def test_special_trades_and_duties_ask_for_a_certificate_that_holds(site, trade, duty, of, missing):
    stay = roster.worker(site.main_team, work_type=trade, special_duty=duty)
    if of is not None:
        values = {**paper(), **of}
        db.session.add(Certificate(
            project_id=stay.project_id, unit_id=stay.unit_id, worker_id=stay.id, **values,
        ))  # fmt: skip
        db.session.flush()
    if duty:
        missing = ["高处作业吊篮安装拆卸工"]

    found = special_trades.lacking([stay]).get(stay.id, [])
    listed = db.session.query(ProjectWorker).filter(
        ProjectWorker.id == stay.id, special_trades.lacks()
    )
    assert found == missing
    assert bool(listed.count()) == bool(missing)


# --- over HTTP -------------------------------------------------------------------------------


@pytest.fixture
def seat(system, seats):
    with system():
        city = build()
        human = roster.worker(city.main_team, work_type="030")
        found = {
            "worker": human.id, "name": human.name, "project": city.project.id,
            "user": city.firm_user, "sub": city.sub_user, "stranger": city.stranger_user,
        }  # fmt: skip

    return seats(found), found


FORM = {
    "kind": "special", "special_type": "02", "number": "T-8", "issued_on": "2024-05-01",
    "valid_to": "2026-12-31",
}  # fmt: skip


def version(browser, address):
    return re.search(r'name="row_version"[^>]*value="(\d+)"', browser.get(address).text)[1]


def number(system):
    with system() as work:
        return work.query(Certificate).one().id


def test_the_tab_takes_checks_edits_and_removes_a_certificate(seat, system):
    sit, found = seat
    browser, home = sit(), f"/workerview/show/{found['worker']}?tab=training"
    assert "缺特种作业证" in browser.get(home).text
    assert "缺特种作业证" in browser.get("/workerview/list/").text
    lacking = browser.get("/workerview/list/?lacking=certificate").text
    assert found["name"] in lacking

    adding = f"/certificates/record/{found['worker']}"
    assert f"新增证书 · {found['name']}" in browser.get(adding + "?special=1").text
    assert browser.post(adding, data=FORM).location == home
    tab = browser.get(home).text
    assert all(word in tab for word in ("T-8", "建筑架子工", "剩39天", "未核验", "核验"))
    assert "缺特种作业证" not in tab
    assert found["name"] not in browser.get("/workerview/list/?lacking=certificate").text

    row = number(system)
    address = f"/certificates/verify/{row}"
    posted = {"verify_state": "OTHER_PERSON", "row_version": version(browser, address)}
    assert "请填写在哪里查询的" in browser.post(address, data=posted).text
    posted["verify_remark"] = "住建部网站查询"
    assert browser.post(address, data=posted).location == home
    tab = browser.get(home).text
    assert "非本人" in tab
    assert "缺特种作业证" in tab
    assert "2026-11-22 12:00" in tab

    editing = f"/certificates/edit/{row}"
    changed = {**FORM, "valid_to": "2026-11-01", "row_version": version(browser, editing)}
    assert browser.post(editing, data=changed).location == home
    assert "已过期" in browser.get(home).text
    listed = browser.get("/certificates/list/?validity=expired").text
    assert "T-8" in listed
    assert "T-8" not in browser.get("/certificates/list/?validity=soon").text
    assert browser.post(f"/certificates/remove/{row}").location == home
    assert "还没有证书" in browser.get(home).text


def test_a_wrong_form_names_its_fields(seat):
    sit, found = seat
    page = sit().post(f"/certificates/record/{found['worker']}", data={
        **FORM, "special_type": "", "number": "",
    }).text  # fmt: skip

    assert 'id="special_type-error"' in page
    assert 'id="number-error"' in page


def test_a_certificate_of_others_does_not_exist(seat, system):
    sit, found = seat
    sit().post(f"/certificates/record/{found['worker']}", data=FORM)
    row = number(system)
    for who in ("sub", "stranger"):
        browser = sit(who)
        assert browser.get(f"/certificates/record/{found['worker']}").status_code == 404
        for page in ("show", "edit", "verify"):
            assert browser.get(f"/certificates/{page}/{row}").status_code == 404
        assert browser.post(f"/certificates/remove/{row}").status_code == 404
        assert "T-8" not in browser.get("/certificates/list/").text


def test_an_official_reads_certificates_and_changes_none(seat, system, signed_in):
    sit, found = seat
    sit().post(f"/certificates/record/{found['worker']}", data=FORM)
    with system():
        office = enterprises.official("city_admin")
    browser, row = signed_in(office), number(system)
    assert "T-8" in browser.get("/certificates/list/").text
    shown = browser.get(f"/certificates/show/{row}")
    assert shown.status_code == 200
    assert "/certificates/verify/" not in shown.text
    assert browser.get(f"/certificates/verify/{row}").status_code in (302, 403)
    assert browser.post(f"/certificates/remove/{row}").status_code in (302, 403)


def test_a_check_at_noon_stands_with_its_minute(site, gc, worker):
    row = record(site, gc, {"worker": worker, **paper()})[0].row
    with clock.frozen(datetime(2026, 11, 22, 15, 30, tzinfo=clock.CHINA)):
        services.verify_certificate(row, {"verify_state": GENUINE}, actor=gc)
    assert clock.local(row.verified_at).hour == 15
    assert principal_of(site.firm_user).user_id == row.verified_by
