"""保存草稿 on forms of signed-in users: what is kept, whose it is, how it ends (screens.md 0)."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock, drafts, files, scope
from app.core.drafts import FormDraft
from app.core.files import StoredFile
from app.core.jobs.runner import run_now
from app.extensions import db
from app.incidents.models import Incident, IncidentPerson
from app.roster.models import ProjectWorker
from tests.factories import enterprises, people, projects, roster

ADD, QUICK = "/workerview/add", "/workerview/quick"
LINE = "您有"
HUMAN = people.person()
TYPED = {
    "id_type": "01", "id_number": HUMAN.id_number, "name": "张草稿", "address": "建设路88号",
    "certificates-0-kind": "1", "certificates-0-number": "T-9",
    "certificates-0-valid_to": "2028-01-01",
}  # fmt: skip


@pytest.fixture
def site(system):
    """A contractor with two projects and two administrators, and a rival."""
    with system():
        firm = enterprises.enterprise()
        first, second = projects.project(firm), projects.project(firm)
        unit = projects.general_contractor_unit(first)
        projects.general_contractor_unit(second)
        team = roster.team(unit)
        return {
            "user": enterprises.admin(firm), "colleague": enterprises.admin(firm),
            "rival": enterprises.admin(enterprises.enterprise()),
            "official": enterprises.official("inspector"), "project": first.id,
            "second": second.id, "unit": unit.id, "team": team.id,
            "worker": roster.worker(team, name="林在册").id,
        }  # fmt: skip


@pytest.fixture
def browse(site, signed_in):
    """Give a function that opens a browser of an account on a project."""

    def open_at(who="user", project="project"):
        browser = signed_in(site[who])
        with browser.session_transaction() as session:
            session["project_id"] = site[project]
        return browser

    return open_at


def post(browser, url, **values):
    return browser.post(url, data=values, content_type="multipart/form-data")


def save_draft(browser, url=ADD, **values):
    answer = post(browser, url, **{**TYPED, **values}, _draft="1")
    assert answer.status_code == 302
    return answer.location


def save(browser, url, site, **values):
    """Send the form a browser shows, whole: what stands in it, and what else is typed."""
    shown = browser.get(url).text
    proofs = dict(re.findall(r'name="(\w+__kept)" value="([^"]+)"', shown))
    whole = {
        **TYPED, "unit_id": site["unit"], "team_id": site["team"], "mobile": HUMAN.mobile,
        "entry_on": clock.today().isoformat(), "is_team_leader": "0", **proofs, **values,
    }  # fmt: skip
    answer = post(browser, url, **whole)
    wrong = re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    assert answer.status_code == 302, wrong


def rows(system):
    with system() as session:
        query = select(FormDraft.user_id, FormDraft.place, FormDraft.project_id, FormDraft.content)
        return [tuple(row) for row in session.execute(query.order_by(FormDraft.id))]


def test_a_draft_is_kept_unchecked_and_fills_the_form_again(browse, site, system):
    browser = browse()
    page = browser.get(save_draft(browser, mobile="12345", id_number="44070"))

    assert page.status_code == 200
    for typed in ("张草稿", "建设路88号", 'value="12345"', 'value="44070"', 'value="T-9"'):
        assert typed in page.text, typed
    assert "error-summary" not in page.text
    [(user, place, project, _content)] = rows(system)
    assert (user, place, project) == (site["user"], ADD, site["project"])
    with system() as session:
        assert session.scalar(select(func.count()).where(ProjectWorker.name == "张草稿")) == 0


def test_the_empty_form_says_that_there_is_a_draft_and_leads_to_it(browse):
    browser = browse()
    assert LINE not in browser.get(ADD).text
    location = save_draft(browser)
    page = browser.get(ADD).text

    assert re.search(LINE + r" \d\d-\d\d \d\d:\d\d 保存的草稿", page)
    assert "继续填写" in page
    assert "张草稿" not in page
    link = re.search(r'href="([^"]+)">继续填写', page)[1].replace("&amp;", "&")
    assert link.split("?")[0] == location.split("?")[0]
    assert "张草稿" in browser.get(link).text


def test_a_second_draft_of_the_same_form_takes_the_place_of_the_first(browse, system):
    browser = browse()
    save_draft(browser)
    save_draft(browser, name="李后来")

    assert len(rows(system)) == 1
    page = browser.get(f"{ADD}?draft=1").text
    assert "李后来" in page
    assert "张草稿" not in page


def test_each_form_and_each_project_has_a_draft_of_its_own(browse, system):
    save_draft(browse())
    save_draft(browse(), QUICK, name="王快登")
    save_draft(browse(project="second"), name="赵别处")

    assert len(rows(system)) == 3
    assert "张草稿" in browse().get(f"{ADD}?draft=1").text
    assert "王快登" in browse().get(f"{QUICK}?draft=1").text
    assert "赵别处" in browse(project="second").get(f"{ADD}?draft=1").text


@pytest.mark.parametrize("who", ["colleague", "rival", "official"])
def test_nobody_else_sees_a_draft(browse, site, who, app, system):
    save_draft(browse())
    page = browse(who).get(f"{ADD}?draft=1").text

    assert LINE not in page
    assert "张草稿" not in page
    with app.test_request_context(), system_as(site[who]) as session:
        assert list(session.execute(text("select id from form_draft"))) == []
        assert session.execute(text("update form_draft set place = 'x'")).rowcount == 0
        assert session.execute(text("delete from form_draft")).rowcount == 0
        db.session.rollback()
    assert len(rows(system)) == 1


def system_as(user_id):
    """Work under the principal of an account as a request of his does."""
    from contextlib import contextmanager

    from app.identity import principals
    from app.identity.models import Account

    @contextmanager
    def working():
        with scope.login_scope("test"):
            found = principals.principal_of(db.session.get(Account, user_id))
        with scope.act_as(found):
            yield db.session

    return working()


def test_a_colleague_cannot_delete_a_draft_with_the_proof_of_its_page(browse, system):
    browser = browse()
    save_draft(browser)
    proof = re.search(r'name="draft_place" value="([^"]+)"', browser.get(ADD).text)[1]

    assert browse("colleague").post("/drafts/drop", data={"draft_place": proof}).status_code == 404
    assert browser.post("/drafts/drop", data={"draft_place": f"{proof}x"}).status_code == 404
    assert len(rows(system)) == 1
    assert browser.post("/drafts/drop", data={"draft_place": proof}).location == ADD
    assert rows(system) == []


def test_what_was_typed_stands_encrypted_in_the_database(browse, system):
    save_draft(browse())
    with system() as session:
        stored = session.scalar(text("select row_to_json(d)::text from form_draft d"))

    assert HUMAN.id_number not in stored
    assert "张草稿" not in stored
    assert '"content":"v1:' in stored


def test_the_audit_names_the_draft_and_none_of_its_values(browse, site, system):
    browser = browse()
    save_draft(browser)
    save_draft(browser, name="李后来")
    save(browser, f"{ADD}?draft=1", site)
    with system() as session:
        entries = session.execute(text(
            "select action, actor, coalesce(before::text, '') || coalesce(after::text, '') as told"
            " from audit_entry where table_name = 'form_draft' order by id"
        )).all()  # fmt: skip

    assert [row.action for row in entries] == ["insert", "update", "delete"]
    assert {row.actor for row in entries} == {site["user"]}
    assert not any("content" in row.told or "v1:" in row.told for row in entries)


def test_a_saved_form_removes_the_draft_it_was_continued_from(browse, site, system):
    browser = browse()
    save_draft(browser)
    save(browser, f"{ADD}?draft=1", site)

    assert rows(system) == []
    with system() as session:
        assert session.scalar(select(func.count()).where(ProjectWorker.name == "张草稿")) == 1


def test_somebody_else_saved_in_between_leaves_the_draft_alone(browse, site, system):
    browser = browse()
    save_draft(browser)
    other = people.person()
    save(browser, ADD, site, name=other.name, id_number=other.id_number)

    assert len(rows(system)) == 1


def test_a_refused_form_keeps_the_draft(browse, system):
    browser = browse()
    save_draft(browser)
    assert post(browser, f"{ADD}?draft=1", **TYPED).status_code == 200
    assert len(rows(system)) == 1


def test_too_much_is_told_and_nothing_typed_is_lost(browse, system):
    page = post(browse(), ADD, **TYPED, _draft="1", remark="长" * (drafts.LARGEST + 1))

    assert "内容过多" in page.text
    assert "张草稿" in page.text
    assert rows(system) == []


# --- files ---------------------------------------------------------------------------------


def picture():
    return io.BytesIO(enterprises.picture()), "正面.png"


def stored(system):
    with system() as session:
        query = select(StoredFile.id, StoredFile.owner_table).order_by(StoredFile.id.desc())
        return session.execute(query.limit(1)).one_or_none()


def swept(app, system, days):
    """Let the nights of some days pass, and give what is left of the last file."""
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=days)):
        run_now("core.drafts")
        run_now("core.files")
    return stored(system)


def test_files_of_a_draft_outlast_the_night_and_go_into_the_row(app, browse, site, system):
    browser = browse()
    save_draft(browser, id_front=picture())
    number = stored(system).id

    assert swept(app, system, 20) == (number, None)
    save(browser, f"{ADD}?draft=1", site)
    assert stored(system) == (number, "project_worker")


def test_files_of_a_deleted_draft_are_forgotten(app, browse, system):
    browser = browse()
    save_draft(browser, id_front=picture())
    before = stored(system)
    proof = re.search(r'name="draft_place" value="([^"]+)"', browser.get(ADD).text)[1]
    browser.post("/drafts/drop", data={"draft_place": proof})

    left = swept(app, system, 2)
    assert before is not None
    assert left is None or left.id != before.id


def test_a_draft_ends_after_thirty_days_with_its_files(app, browse, system):
    save_draft(browse(), id_front=picture())
    before = stored(system)

    assert swept(app, system, drafts.DAYS - 1).id == before.id
    assert len(rows(system)) == 1
    left = swept(app, system, drafts.DAYS + 1)
    assert rows(system) == []
    assert left is None or left.id != before.id


def test_a_file_that_is_refused_is_told_when_the_draft_is_kept(browse):
    browser = browse()
    location = save_draft(browser, id_front=(io.BytesIO(b"no picture"), "正面.png"))
    page = browser.get(location).text

    assert "张草稿" in page
    assert "flash amber" in page


def test_a_file_of_a_draft_cannot_be_taken_into_the_draft_of_another(app, browse, site):
    browser = browse()
    page = browser.get(save_draft(browser, id_front=picture())).text
    proof = re.search(r'name="id_front__kept" value="([^"]+)"', page)[1]
    thief = browse("colleague")
    save_draft(thief, id_front__kept=proof)

    assert "id_front__kept" not in thief.get(f"{ADD}?draft=1").text
    with app.test_request_context():
        assert files.numbers_of([proof], user_id=site["colleague"]) == []


# --- every add form ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "values", "told"),
    [
        ("/teamview/add", {"name": "草稿木工班"}, "草稿木工班"),
        ("/managerview/add", {"name": "钱草稿"}, "钱草稿"),
        ("/incidentview/add", {"description": "草稿里的争议"}, "草稿里的争议"),
    ],
)
def test_every_add_form_offers_a_draft(browse, system, url, values, told):
    browser = browse()
    page = browser.get(url)
    assert 'name="_draft"' in page.text, url
    answer = post(browser, url, **values, _draft="1")
    assert told in browser.get(answer.location).text
    assert len(rows(system)) == 1


def test_forms_outside_projects_offer_a_draft_to_whoever_may_add(system, signed_in):
    with system():
        users = {
            "/accountadminview/add": (enterprises.system_administrator(), {"name": "陈草稿"}),
            "/sub-accounts/add": (enterprises.admin(enterprises.enterprise()), {"name": "陈草稿"}),
        }
    for url, (user, values) in users.items():
        browser = signed_in(user)
        answer = post(browser, url, **values, _draft="1")
        assert "陈草稿" in browser.get(answer.location).text, url
        assert LINE in browser.get(url).text, url


def test_the_draft_of_a_form_stays_in_its_project_when_another_is_chosen(browse, site):
    browser = browse()
    shown = browser.get(ADD).text
    proof = re.search(r'name="for_project"[^>]*value="([^"]+)"', shown)[1]
    with browser.session_transaction() as session:
        session["project_id"] = site["second"]
    page = browser.get(save_draft(browser, for_project=proof)).text

    assert "张草稿" in page
    assert LINE not in browser.get(ADD).text  # the other project has none


def test_a_worker_picked_for_an_incident_is_still_picked_in_the_draft(browse, site, system):
    browser = browse()
    post(browser, "/incidentview/add", **{"people-0-worker_id": site["worker"], "_draft": "1"})
    page = browser.get("/incidentview/add?draft=1").text

    assert re.search(rf'<option value="{site["worker"]}"[^>]*selected', page)
    assert "林在册" in page
    with system() as session:
        assert session.scalar(select(func.count()).select_from(IncidentPerson)) == 0
        assert session.scalar(select(func.count()).select_from(Incident)) == 0


def test_forms_that_change_a_row_offer_no_draft(browse, site):
    page = browse().get(f"/workerview/edit/{site['worker']}").text
    assert 'name="_draft"' not in page


def test_the_enter_key_saves_and_keeps_no_draft(browse):
    page = browse().get(ADD).text
    buttons = re.findall(r"<button class=\"btn[^>]*>", page.split("action-bar")[1])
    assert "data-primary" in buttons[0]
    assert "_draft" in buttons[1]
