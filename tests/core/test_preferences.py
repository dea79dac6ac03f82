"""What users keep on a list: page size, filters of their own and of their role (screens.md 0)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import g
from sqlalchemy import delete, text

from app.core import preferences, scope
from app.core.preferences import Preference
from app.extensions import db
from app.identity import services as identity
from tests.factories import enterprises, projects, roster

LIST = "/workerview/list/"
HARBOUR = {"name": "港口工人", "query": "keyword=%E6%B8%AF"}


@pytest.fixture
def made(system):
    """Give two contractors, two administrators of the first, and an official of each kind."""
    with system() as session:
        firm, rival = enterprises.enterprise(), enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        team = roster.team(unit)
        for _n in range(21):
            roster.worker(team)
        found = {
            "first": enterprises.admin(firm), "second": enterprises.admin(firm),
            "rival": enterprises.admin(rival), "project": unit.project_id,
            "clerk": login(unit, "clerk", "klerk1"), "clerk2": login(unit, "clerk", "klerk2"),
            "near": enterprises.official("inspector"),
            "near2": enterprises.official("inspector"),
            "other_role": enterprises.official("district_reviewer"),
            "far": enterprises.official("inspector", district="440781"),
        }  # fmt: skip
        session.flush()
        return found


def login(unit, role, username):
    number, _password = identity.open_site_login(
        project_id=unit.project_id, unit_id=unit.id, whole_project=False, username=username,
        name="录入员", mobile="13800138000", role=role, can_write=None, actor=scope.SYSTEM,
    )  # fmt: skip
    identity.set_password(number, enterprises.PASSWORD)
    return number


def browser_of(signed_in, made, who):
    browser = signed_in(made[who])
    with browser.session_transaction() as session:
        session["project_id"] = made["project"]
    return browser


def page(browser, url=LIST):
    answer = browser.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def rows_on(browser, url=LIST):
    return page(browser, url).count('name="rowid"')


@pytest.mark.parametrize(
    ("sharer", "sees", "not_sees"),
    [
        pytest.param("first", ["first", "second"], ["rival", "near", "clerk"], id="an enterprise"),
        pytest.param("clerk", ["clerk", "clerk2"], ["first", "rival", "near"], id="a unit's login"),
        pytest.param("near", ["near", "near2"], ["other_role", "far", "first"], id="a district"),
    ],
)
def test_a_shared_filter_is_seen_by_the_same_role_of_the_same_office(
    signed_in, made, sharer, sees, not_sees
):
    sent = browser_of(signed_in, made, sharer).post(
        "/workerview/filters", data={**HARBOUR, "shared": "1"}
    )

    assert sent.status_code == 302
    seen = {who: HARBOUR["name"] in page(browser_of(signed_in, made, who)) for who in made
            if who != "project"}  # fmt: skip
    assert all(seen[who] for who in sees)
    assert not any(seen[who] for who in not_sees)


def test_the_database_hides_a_shared_filter_from_other_offices(signed_in, made, system):
    browser_of(signed_in, made, "first").post(
        "/workerview/filters", data={**HARBOUR, "shared": "1"}
    )

    with system() as session:
        with scope.act_as(enterprises.principal(made["rival"])):
            assert session.query(Preference).count() == 0
        with scope.act_as(enterprises.principal(made["second"])):
            assert session.query(Preference).one().name == HARBOUR["name"]


def test_a_filter_that_is_not_shared_is_seen_by_its_user_alone(signed_in, made):
    browser_of(signed_in, made, "first").post("/workerview/filters", data=HARBOUR)

    assert HARBOUR["name"] in page(browser_of(signed_in, made, "first"))
    assert HARBOUR["name"] not in page(browser_of(signed_in, made, "second"))


def test_who_shares_a_filter_removes_it_and_nobody_else(signed_in, made):
    first = browser_of(signed_in, made, "first")
    first.post("/workerview/filters", data={**HARBOUR, "shared": "1"})
    second = browser_of(signed_in, made, "second")
    assert "filters/remove" not in page(second)

    second.post(f"/workerview/filters/remove?name={HARBOUR['name']}")
    assert HARBOUR["name"] in page(second)
    first.post(f"/workerview/filters/remove?name={HARBOUR['name']}")
    assert HARBOUR["name"] not in page(second)


def test_a_chosen_page_size_is_kept_for_the_user_and_the_list(signed_in, made):
    first = browser_of(signed_in, made, "first")
    assert rows_on(first) == 20
    assert "/workerview/size?size=50" in page(first).replace("&amp;", "&")

    answer = first.post("/workerview/size?size=50&next=/workerview/list/?order=name")

    assert answer.headers["Location"] == "/workerview/list/?order=name"
    assert rows_on(first) == 21
    assert rows_on(browser_of(signed_in, made, "second")) == 20


@pytest.mark.parametrize("size", ["49", "100000", "x", ""])
def test_a_size_that_is_not_offered_is_not_kept(signed_in, made, size):
    first = browser_of(signed_in, made, "first")

    assert first.post(f"/workerview/size?size={size}").status_code == 302
    assert rows_on(first) == 20


def test_the_page_size_of_the_attendance_grid_is_kept_too(signed_in, made):
    first = browser_of(signed_in, made, "first")
    assert page(first, "/attendance/").count("<tr>") < page(
        first, "/attendance/?size=50"
    ).count("<tr>")  # fmt: skip

    first.post("/attendance/size?size=50")

    assert page(first, "/attendance/") .count("<tr>") == page(
        first, "/attendance/?size=50"
    ).count("<tr>")  # fmt: skip


NARROW, WIDE = ["name"], ["name", "state"]
SOMEBODY = scope.Principal(scope.Audience.TENANT, user_id=1)
LONGEST_WAIT = 60


@pytest.fixture
def first_kept(prepared_app, request):
    """Keep columns, or none, and remove what two connections make of them afterwards."""
    with prepared_app.app_context():
        g.principal = SOMEBODY
        if request.param:
            preferences.keep("TwiceView", "columns", request.param)
        db.session.commit()
        db.session.remove()
    yield request.param
    with prepared_app.app_context():
        g.principal = SOMEBODY
        db.session.execute(delete(Preference).where(Preference.view == "TwiceView"))
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("first_kept", [None, NARROW], indirect=True)
def test_a_choice_sent_twice_at_once_is_kept_without_an_error(prepared_app, first_kept):
    def keep_and_commit():
        with prepared_app.app_context():
            g.principal = SOMEBODY
            preferences.keep("TwiceView", "columns", WIDE)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(1) as thread, prepared_app.app_context():
        g.principal = SOMEBODY
        preferences.keep("TwiceView", "columns", WIDE)
        second = thread.submit(keep_and_commit)
        _await_somebody_waiting()
        db.session.commit()
        second.result(timeout=LONGEST_WAIT)

        (kept,) = preferences.kept("TwiceView")
        assert kept.value == WIDE
        assert first_kept is None or kept.value != first_kept


def _await_somebody_waiting():
    deadline = time.monotonic() + LONGEST_WAIT
    waiting = text("select count(*) from pg_locks where not granted")
    while not db.session.scalar(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.05)
