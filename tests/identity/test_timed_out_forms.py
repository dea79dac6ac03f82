"""A form whose session has ended: what was typed is offered to the same user, and to no other."""

import re

import pytest
from sqlalchemy import select

from app.core import drafts, scope
from app.core.drafts import FormDraft
from app.core.files import StoredFile
from app.identity.models import Account
from tests.factories import enterprises, projects, roster

ADD = "/workerview/add"
TYPED = {"name": "张超时", "mobile": "13800138000", "address": "建设路88号"}


@pytest.fixture
def site(system):
    """A contractor with a project, a worker on it and two administrators."""
    with system() as session:
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        users = [enterprises.admin(firm) for _n in range(2)]
        with scope.login_scope("test"):
            names = [session.get(Account, number).username for number in users]
        return {
            "users": users, "names": names, "project": project.id,
            "worker": roster.worker(roster.team(unit)).id,
        }  # fmt: skip


@pytest.fixture
def browser(site, signed_in):
    """The browser of the first administrator, on the project."""
    found = signed_in(site["users"][0])
    with found.session_transaction() as session:
        session["project_id"] = site["project"]
    return found


def opened(browser, url=ADD):
    """Open a form and give what it carries besides what is typed."""
    page = browser.get(url).text
    names = ("draft_place", "for_project", "row_version")
    found = {n: re.search(rf'name="{n}"[^>]*value="([^"]*)"', page) for n in names}
    return {name: match[1] for name, match in found.items() if match}


def time_out(browser):
    with browser.session_transaction() as session:
        session["seen"] = session["began"] = 0


def lose_cookie(browser):
    browser.delete_cookie("realname")


def post(browser, url, **values):
    return browser.post(url, data=values, content_type="multipart/form-data")


def sign_in(browser, site, address, who=0):
    name = site["names"][who]
    return browser.post(address, data={"username": name, "password": enterprises.PASSWORD})


def rows(system):
    with system() as session:
        query = select(FormDraft.user_id, FormDraft.browser_hash, FormDraft.place)
        return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize("end", [time_out, lose_cookie])
def test_what_was_typed_is_offered_after_signing_in_again(browser, site, system, end):
    carried = opened(browser)
    end(browser)
    refused = post(browser, ADD, **carried, **TYPED)

    assert refused.status_code == 302
    assert refused.location.startswith("/login/?next=")
    assert "您填写的内容已保留" in browser.get(refused.location).text
    answer = sign_in(browser, site, refused.location)
    assert answer.location.startswith(ADD)
    page = browser.get(answer.location).text
    for typed in TYPED.values():
        assert typed in page, typed
    assert rows(system) == [(site["users"][0], None, ADD)]
    with browser.session_transaction() as session:
        assert session["project_id"] == site["project"]


def test_another_user_of_the_same_browser_is_offered_nothing(browser, site, system):
    carried = opened(browser)
    time_out(browser)
    refused = post(browser, ADD, **carried, **TYPED)
    answer = sign_in(browser, site, refused.location, who=1)
    with browser.session_transaction() as session:
        assert "project_id" not in session
        session["project_id"] = site["project"]

    assert TYPED["name"] not in browser.get(answer.location).text
    [(user, waiting, _place)] = rows(system)
    assert user == site["users"][0]
    assert waiting == drafts.digest(browser.get_cookie(drafts.COOKIE).value)


def test_the_same_user_in_another_browser_is_offered_nothing(browser, site, app, signed_in):
    carried = opened(browser)
    time_out(browser)
    refused = post(browser, ADD, **carried, **TYPED)
    other = app.test_client()
    answer = sign_in(other, site, refused.location)
    with other.session_transaction() as session:
        session["project_id"] = site["project"]

    assert TYPED["name"] not in other.get(answer.location).text


def test_a_form_that_changes_a_row_is_kept_as_well(browser, site):
    edit = f"/workerview/edit/{site['worker']}"
    carried = opened(browser, edit)
    time_out(browser)
    refused = post(browser, edit, **carried, **TYPED)
    answer = sign_in(browser, site, refused.location)
    page = browser.get(answer.location).text

    assert answer.location.startswith(edit)
    assert TYPED["address"] in page
    assert f'name="row_version" type="hidden" value="{carried["row_version"]}"' in page


def test_files_that_had_arrived_are_kept(browser, site, system):
    picture = enterprises.upload("front.png")
    page = post(browser, ADD, **opened(browser), **TYPED, id_front=picture).text
    proof = re.search(r'name="id_front__kept" value="([^"]+)"', page)[1]
    carried = opened(browser)
    time_out(browser)
    refused = post(browser, ADD, **carried, **TYPED, id_front__kept=proof)
    answer = sign_in(browser, site, refused.location)

    assert 'name="id_front__kept"' in browser.get(answer.location).text
    with system() as session:
        number = session.scalar(select(StoredFile.id).order_by(StoredFile.id.desc()).limit(1))
        assert session.scalar(select(FormDraft.files)) == [number]


def test_who_has_signed_in_again_in_another_tab_is_led_back_at_once(app, browser, site):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        carried = opened(browser)
        with browser.session_transaction() as session:
            session.pop("project_id")
        refused = post(browser, ADD, **carried, **TYPED, csrf_token="of a session that has ended")
        assert refused.location.startswith("/login/?next=")
        answer = browser.get(refused.location)
        assert answer.location.startswith(ADD)
        assert TYPED["name"] in browser.get(answer.location).text
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_a_forged_or_absent_proof_keeps_nothing(browser, site, system):
    carried = opened(browser)
    time_out(browser)
    post(browser, ADD, **{**carried, "draft_place": carried["draft_place"] + "x"}, **TYPED)
    post(browser, ADD, **TYPED)
    assert rows(system) == []


def test_a_page_opened_after_the_time_is_up_leads_back_with_the_project(browser, site):
    time_out(browser)
    refused = browser.get("/workerview/list/")
    sign_in(browser, site, refused.location)
    with browser.session_transaction() as session:
        assert session["project_id"] == site["project"]


def test_a_step_that_was_refused_is_no_page_to_go_back_to(browser, site):
    time_out(browser)
    refused = browser.post(f"/workerview/unmask/{site['worker']}/mobile", data={"reason": "核对"})
    assert sign_in(browser, site, refused.location).location == "/"


def test_the_change_of_an_enterprise_is_kept_as_well(browser, site):
    carried = opened(browser, "/enterprise/change")
    time_out(browser)
    refused = post(browser, "/enterprise/change", **carried, address="建设路88号")
    answer = sign_in(browser, site, refused.location)

    assert answer.location.startswith("/enterprise/change")
    assert "建设路88号" in browser.get(answer.location).text


def test_signing_out_by_hand_leaves_no_project_behind(browser, site):
    browser.post("/logout/")
    sign_in(browser, site, "/login/")
    with browser.session_transaction() as session:
        assert "project_id" not in session
