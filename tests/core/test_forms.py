"""Forms: stale ones are refused, errors stand beside their fields, uploads are kept."""

import io
import re

import pytest
from flask import g
from sqlalchemy import event, text

from app.core import files, scope
from app.core.checks import mask_identity, mask_mobile
from app.core.files import StoredFile
from app.core.forms import form_class
from app.incidents.choices import Verdict
from app.incidents.models import Incident, IncidentPerson
from app.projects.models import ProjectUnit
from app.roster.models import ProjectWorker, Team
from tests.factories import enterprises, incidents, projects, roster
from tests.house.test_references import posted


@pytest.fixture
def site(system):
    with system():
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        team = roster.team(unit)
        return {
            "user": enterprises.admin(firm), "project": project.id, "team": team.id,
            "old": team.name, "version": team.row_version,
            "form": posted(roster.team_values(unit)),
        }  # fmt: skip


@pytest.fixture
def browser(site, signed_in):
    found = signed_in(site["user"])
    with found.session_transaction() as session:
        session["project_id"] = site["project"]
    return found


def team(system, **where):
    with system() as session:
        rows = session.query(Team).filter_by(**where).all()
        session.expunge_all()
    return rows


def file():
    return io.BytesIO(enterprises.picture()), "合同.png"


def test_the_second_of_two_tabs_is_refused_and_changes_nothing(browser, site, system):
    url = f"/teamview/edit/{site['team']}"
    form = {**site["form"], "row_version": str(site["version"])}
    first = browser.post(url, data={**form, "name": "第一次改名"})
    second = browser.post(url, data={**form, "name": "第二次改名"})

    assert (first.status_code, second.status_code) == (302, 200)
    assert "第二次改名" in second.get_data(as_text=True), "what was typed stays"
    assert 'role="alert"' in second.get_data(as_text=True)
    assert [row.name for row in team(system, id=site["team"])] == ["第一次改名"]


@pytest.mark.parametrize("version", ["", "0", "-1", "x"])
def test_a_form_without_the_right_version_is_refused(browser, site, system, version):
    data = {**site["form"], "name": "改名", "row_version": version}
    assert browser.post(f"/teamview/edit/{site['team']}", data=data).status_code == 200
    assert [row.name for row in team(system, id=site["team"])] == [site["old"]]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("leader_id_number", "440703198504120003"),
        ("leader_mobile", "123"),
        ("entry_on", "2026-02-30"),
        ("work_type", "no such code"),
        ("unit_id", "1 or 1=1"),
        ("name", ""),
        ("name", "名" * 500),
    ],
)
def test_an_error_stands_beside_its_field_and_what_was_typed_stays(
    browser, site, system, field, wrong
):
    before = len(team(system))
    page = browser.post("/teamview/add", data={**site["form"], field: wrong})
    words = page.get_data(as_text=True)

    assert page.status_code == 200
    assert f'href="#{field}"' in words
    assert f'id="{field}-error"' in words
    assert site["form"]["leader_name"] in words
    assert len(team(system)) == before


def test_several_errors_are_told_together(browser, site):
    wrong = {**site["form"], "leader_mobile": "1", "leader_id_number": "2", "entry_on": "3"}
    words = browser.post("/teamview/add", data=wrong).get_data(as_text=True)

    for field in ("leader_mobile", "leader_id_number", "entry_on"):
        assert f'href="#{field}"' in words


def test_an_upload_is_kept_while_another_field_is_mended(browser, site, system):
    wrong = {**site["form"], "leader_mobile": "1", "contract_file": file()}
    page = browser.post("/teamview/add", data=wrong).get_data(as_text=True)
    proof = re.search(r'name="contract_file__kept"[^>]*value="([^"]+)"', page)
    assert proof, "the form carries the upload on"
    assert "合同.png" in page
    again = {**site["form"], "contract_file__kept": proof.group(1)}
    answer = browser.post("/teamview/add", data=again)

    assert answer.status_code == 302
    [row] = team(system, name=site["form"]["name"])
    with system() as session:
        kept = session.get(StoredFile, row.contract_file)
        assert (kept.owner_table, kept.owner_id) == ("team", row.id)


def test_an_upload_forgotten_meanwhile_is_asked_for_again_beside_its_field(browser, site, system):
    wrong = {**site["form"], "leader_mobile": "1", "contract_file": file()}
    page = browser.post("/teamview/add", data=wrong).get_data(as_text=True)
    proof = re.search(r'name="contract_file__kept"[^>]*value="([^"]+)"', page)[1]
    with system() as session:
        session.execute(text("update stored_file set created_at = now() - interval '2 days'"))
        assert files.forget_unclaimed()
    late = {**site["form"], "contract_file__kept": proof}
    page = browser.post("/teamview/add", data=late).get_data(as_text=True)

    assert re.search(r'id="contract_file-error"[^>]*>附件已失效，请重新选择文件', page)
    assert "contract_file__kept" not in page
    assert team(system, name=site["form"]["name"]) == []
    answer = browser.post("/teamview/add", data={**late, "contract_file": file()})
    assert answer.status_code == 302
    [row] = team(system, name=site["form"]["name"])
    assert row.contract_file


def test_of_several_uploads_the_one_forgotten_is_asked_for_again_and_the_others_stay(app, work):
    first, gone, last = (projects.stored_file(name=f"{n}.pdf") for n in range(3))
    form = {"files__kept": [files.token(n) for n in (first, gone, last)]}
    work.execute(text("delete from stored_file where id = :id"), {"id": gone})
    with app.test_request_context(method="POST", data=form):
        g.principal = scope.SYSTEM
        field = form_class(Incident, ["files"])().columns()[0]

    assert field.problem == "附件已失效，请重新选择文件"
    assert [one["name"] for one in field.kept] == ["0.pdf", "2.pdf"]
    assert field.data == [first, last]


def test_more_files_than_a_column_takes_are_refused_and_stay_to_choose_from(app, work):
    proofs = [files.token(projects.stored_file(name=f"{n}.pdf")) for n in range(10)]
    form = {"files__kept": proofs, "files": file()}
    with app.test_request_context(method="POST", data=form):
        g.principal = scope.SYSTEM
        field = form_class(Incident, ["files"])().columns()[0]
    with app.test_request_context(method="POST", data={"files__kept": proofs}):
        g.principal = scope.SYSTEM
        allowed = form_class(Incident, ["files"])().columns()[0]

    assert field.problem == "最多10个文件，现有11个，请移除多余的文件"
    assert [one["name"] for one in field.kept] == [*(f"{n}.pdf" for n in range(10)), "合同.png"]
    assert field.data is None
    assert (allowed.problem, len(allowed.data)) == ("", 10)


def test_the_names_of_all_files_of_a_form_are_read_at_once(app, work):
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    names = ["id_portrait", "id_front", "face_photo", "entry_file"]
    given = {name: projects.stored_file(name=f"{name}.pdf") for name in names}
    worker = roster.worker(roster.team(unit), **given)
    asked = []
    note = lambda *given: asked.append(given[2])  # noqa: E731
    with app.test_request_context():
        g.principal = scope.SYSTEM
        event.listen(work.connection(), "before_cursor_execute", note)
        form = form_class(ProjectWorker, names)(obj=worker)
        event.remove(work.connection(), "before_cursor_execute", note)

    assert [one["name"] for field in form.columns() for one in field.kept] == [
        f"{name}.pdf" for name in names
    ]
    assert len([statement for statement in asked if "FROM stored_file" in statement]) == 1


def test_a_form_without_its_token_is_refused(browser, site, app, system):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert browser.post("/teamview/add", data=site["form"]).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert team(system, name=site["form"]["name"]) == []


def test_an_edit_form_shows_masks_and_an_untouched_mask_changes_nothing(browser, site, system):
    [before] = team(system, id=site["team"])
    url = f"/teamview/edit/{site['team']}"
    page = browser.get(url).text
    mask, mobile = mask_identity(before.leader_id_number), mask_mobile(before.leader_mobile)

    assert before.leader_id_number not in page
    assert before.leader_mobile not in page
    assert f'value="{mask}"' in page
    assert f'value="{mobile}"' in page
    kept = {**site["form"], "row_version": str(site["version"]), "name": "改名不改号",
            "leader_name": before.leader_name, "leader_id_number": mask,
            "leader_mobile": mobile}  # fmt: skip
    assert browser.post(url, data=kept).status_code == 302
    [after] = team(system, id=site["team"])
    assert (after.name, after.leader_id_number, after.leader_mobile) == (
        "改名不改号", before.leader_id_number, before.leader_mobile,
    )  # fmt: skip


def test_a_number_typed_over_a_mask_replaces_it_and_a_half_changed_mask_is_wrong(
    browser, site, system
):
    [before] = team(system, id=site["team"])
    url = f"/teamview/edit/{site['team']}"
    form = {**site["form"], "row_version": str(site["version"])}
    half = mask_identity(before.leader_id_number)[:-1] + "#"
    page = browser.post(url, data={**form, "leader_id_number": half})
    assert 'id="leader_id_number-error"' in page.text
    assert before.leader_id_number not in page.text
    assert browser.post(url, data=form).status_code == 302
    [after] = team(system, id=site["team"])
    assert after.leader_id_number == site["form"]["leader_id_number"] != before.leader_id_number


def test_a_name_another_system_sent_stays_but_none_like_it_is_typed(browser, site, system):
    with system() as session:
        session.get(Team, site["team"]).leader_name = "李工1"
        session.flush()
        version = session.get(Team, site["team"]).row_version
    url = f"/teamview/edit/{site['team']}"
    form = {**site["form"], "row_version": str(version)}

    page = browser.post(url, data={**form, "leader_name": "李工2"}).text
    assert 'id="leader_name-error"' in page
    assert browser.post(url, data={**form, "leader_name": "李工1"}).status_code == 302
    assert [row.leader_name for row in team(system, id=site["team"])] == ["李工1"]


def test_the_mask_of_another_row_says_nothing(browser, site, system):
    """A mask stands for the value of its own row only, so that none can be guessed with it."""
    url = f"/teamview/edit/{site['team']}"
    data = {**site["form"], "row_version": str(site["version"]),
            "leader_id_number": "440703********0003"}  # fmt: skip
    assert 'id="leader_id_number-error"' in browser.post(url, data=data).text


def test_a_mask_among_rows_keeps_its_own_person_when_a_row_before_it_is_gone(
    site, signed_in, system
):
    with system() as session:
        unit = session.get(Team, site["team"]).unit_id
        row = incidents.incident(session.get(ProjectUnit, unit), confirmed=Verdict.WAITING)
        workers = [roster.worker(session.get(Team, site["team"])) for _n in range(2)]
        for worker in workers:
            incidents.person(row, worker)
        number, version, last = row.id, row.row_version, workers[1]
        name, whole = last.name, last.id_number
    data = {
        "unit_id": unit, "kind": "disturbance", "severity": "COMMON", "row_version": version,
        "occurred_at": "2026-11-01T08:00", "known_at": "2026-11-01T08:10", "place": "大门",
        "head_count": "3", "description": "堵门讨薪", "people-1-name": name,
        "people-1-role": "party", "people-1-id_type": "01",
        "people-1-id_number": mask_identity(whole),
    }  # fmt: skip
    answer = signed_in(site["user"]).post(f"/incidentview/edit/{number}", data=data)

    assert answer.status_code == 302
    with system() as session:
        left = session.query(IncidentPerson).filter_by(incident_id=number, is_deleted=False).all()
        assert [(one.name, one.id_number) for one in left] == [(name, whole)]
