"""Pages of incidents (screens.md 12.1)."""

import re

import pytest

from app.core import dictionaries
from app.incidents.choices import IncidentState, Verdict
from app.incidents.models import Incident, IncidentPerson
from app.reference.models import DictionaryEntry
from app.roster.models import ProjectWorker
from tests.factories import enterprises, incidents, projects, roster


@pytest.fixture
def story(system):
    made = {}
    with system():
        for name in ("mine", "other"):
            firm = enterprises.enterprise()
            unit = projects.general_contractor_unit(projects.project(firm))
            worker = roster.worker(roster.team(unit))
            row = incidents.incident(unit, confirmed=Verdict.WAITING)
            incidents.person(row, worker)
            made[name] = {
                "user": enterprises.admin(firm), "unit": unit.id, "incident": row.id,
                "number": worker.id_number, "name": worker.name,
            }  # fmt: skip
        made["inspector"] = enterprises.official("inspector")
    return made


def form(story, **values):
    return {
        "unit_id": story["mine"]["unit"], "kind": "disturbance", "severity": "COMMON",
        "occurred_at": "2026-11-01T08:00", "known_at": "2026-11-01T08:10", "place": "大门",
        "head_count": "3", "description": "堵门讨薪", "people-0-name": "王强",
        "people-0-role": "party", "people-0-id_type": "01",
        "people-0-id_number": story["mine"]["number"], "people-1-name": "",
        "people-1-role": "", **values,
    }  # fmt: skip


def rows(system, model, **where):
    with system() as session:
        found = session.query(model).filter_by(**where).all()
        session.expunge_all()
        return found


def test_the_form_keeps_the_incident_with_its_people(story, signed_in, system):
    answer = signed_in(story["mine"]["user"]).post("/incidentview/add", data=form(story))

    assert answer.status_code == 302
    [row] = rows(system, Incident, description="堵门讨薪")
    [person] = rows(system, IncidentPerson, incident_id=row.id)
    assert (row.state, person.name, person.role) == (IncidentState.DRAFT, "王强", "party")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"occurred_at": "2099-01-01T00:00"}, "occurred_at"),
        ({"known_at": "2026-10-01T00:00"}, "known_at"),
        ({"place": ""}, "place"),
        ({"kind": "wage_dispute"}, "amount"),
        ({"people-0-id_number": "440703198504120003"}, "people"),
        ({"people-0-role": ""}, "people"),
    ],
)
def test_wrong_entries_are_refused_beside_their_fields(story, signed_in, system, wrong, field):
    page = signed_in(story["mine"]["user"]).post("/incidentview/add", data=form(story, **wrong))

    assert page.status_code == 200
    assert f'href="#{field}' in page.get_data(as_text=True)
    assert rows(system, Incident, description="堵门讨薪") == []


def test_the_unit_of_another_project_is_refused(story, signed_in, system):
    data = form(story, unit_id=story["other"]["unit"])

    page = signed_in(story["mine"]["user"]).post("/incidentview/add", data=data)

    assert 'href="#unit_id"' in page.get_data(as_text=True)
    assert rows(system, Incident, description="堵门讨薪") == []


def test_a_foreign_incident_does_not_exist(story, signed_in):
    browser, number = signed_in(story["mine"]["user"]), story["other"]["incident"]

    assert browser.get(f"/incidentview/show/{number}").status_code == 404
    assert browser.get(f"/incidentview/edit/{number}").status_code == 404
    assert story["other"]["name"] not in browser.get("/incidentview/list/").get_data(as_text=True)


def test_the_page_shows_people_with_masked_numbers(story, signed_in):
    page = signed_in(story["mine"]["user"]).get(f"/incidentview/show/{story['mine']['incident']}")

    text = page.get_data(as_text=True)
    assert story["mine"]["name"] in text
    assert story["mine"]["number"] not in text


def test_changing_keeps_the_unit_and_replaces_the_people(story, signed_in, system):
    number = story["mine"]["incident"]
    browser = signed_in(story["mine"]["user"])
    assert story["mine"]["name"] in browser.get(f"/incidentview/edit/{number}").get_data(
        as_text=True
    )
    [before] = rows(system, Incident, id=number)
    data = form(story, row_version=before.row_version, place="项目部")

    answer = browser.post(f"/incidentview/edit/{number}", data=data)

    assert answer.status_code == 302
    [row] = rows(system, Incident, id=number)
    assert (row.place, row.unit_id) == ("项目部", story["mine"]["unit"])
    assert [p.name for p in rows(system, IncidentPerson, incident_id=number, is_deleted=False)] == [
        "王强"
    ]


def test_the_bureau_verifies_and_a_contractor_may_not(story, signed_in, system):
    number = story["mine"]["incident"]
    data = {"verdict": "CONFIRMED", "remark": ""}

    signed_in(story["mine"]["user"]).post(f"/incidentview/verify/{number}", data=data)
    assert rows(system, Incident, id=number)[0].confirmed is Verdict.WAITING
    signed_in(story["inspector"]).post(f"/incidentview/verify/{number}", data=data)

    assert rows(system, Incident, id=number)[0].confirmed is Verdict.CONFIRMED


def test_the_course_names_the_official_who_verified(story, signed_in):
    number, browser = story["mine"]["incident"], signed_in(story["inspector"])
    browser.post(f"/incidentview/verify/{number}", data={"verdict": "CONFIRMED", "remark": "属实"})

    page = browser.get(f"/incidentview/show/{number}").text

    assert "核实属实" in page.split("timeline", 1)[1]


def test_of_a_verified_incident_only_the_ending_is_written_and_only_the_bureau_cancels(
    story, signed_in, system
):
    number, browser = story["mine"]["incident"], signed_in(story["mine"]["user"])
    before = browser.get(f"/incidentview/show/{number}").text
    signed_in(story["inspector"]).post(
        f"/incidentview/verify/{number}", data={"verdict": "CONFIRMED", "remark": ""}
    )
    after = browser.get(f"/incidentview/show/{number}").text
    form_ = browser.get(f"/incidentview/edit/{number}").text
    [row] = rows(system, Incident, id=number)
    sent = form(story, row_version=row.row_version, handling="调解", result="达成协议")
    browser.post(f"/incidentview/edit/{number}", data=sent)
    official = signed_in(story["inspector"]).get(f"/incidentview/show/{number}").text

    move = f"/incidentview/move/cancel/{number}"
    assert (move in before, move in after, move in official) == (True, False, True)
    assert ('name="handling"' in form_, 'name="place"' in form_) == (True, False)
    [row] = rows(system, Incident, id=number)
    assert (row.handling, row.place) == ("调解", "工地大门")
    [person] = rows(system, IncidentPerson, incident_id=number, is_deleted=False)
    assert person.name == story["mine"]["name"]


@pytest.fixture
def recorded(system):
    """An incident and a draft a general contractor recorded about its subcontractor."""
    with system():
        firm = enterprises.enterprise()
        sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
        unit = projects.unit(projects.project(firm), sub)
        made = {
            state.name: incidents.incident(
                unit, enterprise_id=firm.id, state=state, confirmed=Verdict.WAITING,
                place=state.name,
            ).id
            for state in (IncidentState.DRAFT, IncidentState.REPORTED)
        }  # fmt: skip
        return {**made, "gc": enterprises.admin(firm), "sub": enterprises.admin(sub),
                "project": unit.project_id}  # fmt: skip


def test_a_draft_is_read_by_its_recorder_alone(recorded, signed_in):
    seen = {}
    for name in ("gc", "sub"):
        browser = signed_in(recorded[name])
        draft = browser.get(f"/incidentview/show/{recorded['DRAFT']}").status_code
        reported = browser.get(f"/incidentview/show/{recorded['REPORTED']}").status_code
        tab = browser.get(f"/projects/show/{recorded['project']}?tab=incidents").text
        link = f"/incidentview/show/{recorded['DRAFT']}"
        listed = browser.get("/incidentview/list/").text
        seen[name] = (draft, reported, link in listed, link in tab)

    assert seen == {"gc": (200, 200, True, True), "sub": (404, 200, False, False)}


def test_the_unit_concerned_reads_and_finds_no_steps(recorded, signed_in, system):
    number, browser = recorded["REPORTED"], signed_in(recorded["sub"])
    page = browser.get(f"/incidentview/show/{number}").text
    browser.post(f"/incidentview/move/cancel/{number}", data={"remark": "与我无关"})

    assert "/incidentview/move/" not in page
    assert f"/incidentview/edit/{number}" not in page
    assert rows(system, Incident, id=number)[0].state is IncidentState.REPORTED
    assert (
        f"/incidentview/move/cancel/{number}"
        in signed_in(recorded["gc"]).get(f"/incidentview/show/{number}").text
    )


def test_a_draft_is_reported_by_a_click(story, signed_in, system):
    browser = signed_in(story["mine"]["user"])
    browser.post("/incidentview/add", data=form(story))
    [row] = rows(system, Incident, description="堵门讨薪")

    browser.post(f"/incidentview/move/report/{row.id}")

    assert rows(system, Incident, id=row.id)[0].state is IncidentState.REPORTED


def test_the_picker_offers_units_of_ones_own_projects(story, signed_in):
    found = signed_in(story["mine"]["user"]).get("/incidentview/lookup/unit_id").get_json()

    assert [row["id"] for row in found["results"]] == [story["mine"]["unit"]]


def test_a_move_tells_its_consequence_before_it_is_made(story, signed_in, system):
    browser, number = signed_in(story["mine"]["user"]), story["mine"]["incident"]
    page = browser.get(f"/incidentview/show/{number}").text
    asked = browser.get(f"/incidentview/move/cancel/{number}").text

    assert "事件将转为处理中，确定开始处理？" in page
    assert "撤销后事件不再办理，也不能再修改。" in asked


def test_people_are_picked_from_the_roster_by_name_or_number(story, signed_in, system):
    browser, mine = signed_in(story["mine"]["user"]), story["mine"]
    by_name, by_number, foreign = (
        browser.get("/incidentview/workers", query_string={"q": term}).json["results"]
        for term in (mine["name"], mine["number"], story["other"]["name"])
    )
    data = form(story, **{
        "people-0-worker_id": str(by_name[0]["id"]), "people-0-name": "",
        "people-0-id_number": "",
    })  # fmt: skip
    saved = browser.post("/incidentview/add", data=data)

    assert by_name == by_number
    assert foreign == []
    assert mine["number"] not in by_name[0]["text"]
    assert saved.status_code == 302
    [row] = rows(system, Incident, description="堵门讨薪")
    [person] = rows(system, IncidentPerson, incident_id=row.id)
    assert (person.name, person.id_number) == (mine["name"], mine["number"])


def test_who_is_picked_fills_name_and_masked_number(story, signed_in, system):
    browser, mine = signed_in(story["mine"]["user"]), story["mine"]
    with system() as session:
        ids = {
            name: session.query(ProjectWorker.id).filter_by(name=story[name]["name"]).scalar()
            for name in ("mine", "other")
        }
    page = browser.get("/incidentview/add").text
    told, foreign, odd = (
        browser.post("/incidentview/picked", data={"value": value}).json
        for value in (ids["mine"], ids["other"], "²")
    )

    assert 'data-answer-url="/incidentview/picked' in page
    assert told["fill"] == {
        "name": mine["name"],
        "id_type": "01",
        "id_number": f"{mine['number'][:6]}********{mine['number'][-4:]}",
    }
    assert (foreign["ok"], odd["ok"]) == (False, False)
    saved = browser.post("/incidentview/add", data=form(story, **{
        "people-0-worker_id": str(ids["mine"]), "people-0-name": told["fill"]["name"],
        "people-0-id_number": told["fill"]["id_number"],
    }))  # fmt: skip
    assert saved.status_code == 302
    [row] = rows(system, Incident, description="堵门讨薪")
    [person] = rows(system, IncidentPerson, incident_id=row.id)
    assert (person.name, person.id_number) == (mine["name"], mine["number"])


def test_a_worker_of_another_enterprise_is_no_choice(story, signed_in, system):
    with system() as session:
        number = session.query(ProjectWorker.id).filter_by(name=story["other"]["name"]).scalar()
    data = form(story, **{"people-0-worker_id": str(number)})
    page = signed_in(story["mine"]["user"]).post("/incidentview/add", data=data)

    assert page.status_code == 200
    assert story["other"]["name"] not in page.text
    assert rows(system, Incident, description="堵门讨薪") == []


def options(page, name):
    drawn = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)[0]
    return dict(re.findall(r'<option value="(\w+)"[^>]*>([^<]*)<', drawn))


def test_a_kind_the_city_has_retired_is_still_searched_for_and_no_longer_recorded(
    story, signed_in, system
):
    with system() as session:
        session.query(DictionaryEntry).filter_by(
            table_name="incident_kind", code="disturbance"
        ).one().offered = False
    browser = signed_in(story["mine"]["user"])
    found = browser.get("/incidentview/list/?kind=disturbance").text
    label = dictionaries.label("incident_kind", "disturbance")

    assert options(found, "kind")["disturbance"] == f"{label}（已停用）"
    assert options(found, "kind")["other"] == dictionaries.label("incident_kind", "other")
    assert f"/incidentview/show/{story['mine']['incident']}" in found
    assert "disturbance" not in options(browser.get("/incidentview/add").text, "kind")
    of_the_row = browser.get(f"/incidentview/edit/{story['mine']['incident']}").text
    assert options(of_the_row, "kind")["disturbance"] == label
