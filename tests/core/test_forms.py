"""Forms: stale ones are refused, errors stand beside their fields, uploads are kept."""

import io
import re

import pytest

from app.core.files import StoredFile
from app.roster.models import Team
from tests.factories import enterprises, projects, roster
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


def test_a_form_without_its_token_is_refused(browser, site, app, system):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert browser.post("/teamview/add", data=site["form"]).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert team(system, name=site["form"]["name"]) == []
