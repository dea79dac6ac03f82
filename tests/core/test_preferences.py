"""What users keep on a list: page size, filters of their own and of their role (screens.md 0)."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import g
from sqlalchemy import delete, select, text

from app.core import preferences, scope
from app.core.preferences import Preference
from app.extensions import db
from app.identity import services as identity
from tests.factories import enterprises, projects, roster

LIST = "/workerview/list/"
PEOPLE = (
    "first", "second", "rival", "clerk", "clerk2", "far_clerk", "near", "near2", "other_role",
    "far",
)  # fmt: skip
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
            "rival": enterprises.admin(rival), "project": unit.project_id, "team": team.id,
            "elsewhere": projects.general_contractor_unit(projects.project(firm)).project_id,
            "clerk": login(unit, "clerk", "klerk1"), "clerk2": login(unit, "clerk", "klerk2"),
            "near": enterprises.official("inspector"),
            "near2": enterprises.official("inspector"),
            "other_role": enterprises.official("district_reviewer"),
            "far": enterprises.official("inspector", district="440781"),
            "far_clerk": login(
                projects.general_contractor_unit(projects.project(rival)), "clerk", "klerk3"
            ),
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
    ("sharer", "role", "sees"),
    [
        pytest.param("first", "gc_admin", {"first", "second"}, id="within an enterprise"),
        pytest.param("first", "clerk", {"first", "clerk", "clerk2"}, id="with one's own on site"),
        pytest.param("clerk", "clerk", {"clerk", "clerk2"}, id="among a unit's logins"),
        pytest.param("near", "inspector", {"near", "near2"}, id="in a district"),
        pytest.param("near", "district_reviewer", {"near", "other_role"}, id="of other officials"),
    ],
)
def test_a_shared_filter_is_seen_by_its_role_in_the_same_office(
    signed_in, made, sharer, role, sees
):
    sent = browser_of(signed_in, made, sharer).post(
        "/workerview/filters", data={**HARBOUR, "role": role}
    )

    assert sent.status_code == 302
    seen = {who for who in PEOPLE if HARBOUR["name"] in page(browser_of(signed_in, made, who))}
    assert seen == sees


def test_the_database_hides_a_shared_filter_from_other_offices(signed_in, made, system):
    browser_of(signed_in, made, "first").post(
        "/workerview/filters", data={**HARBOUR, "role": "gc_admin"}
    )

    with system() as session:
        with scope.act_as(enterprises.principal(made["rival"])):
            assert session.query(Preference).count() == 0
        with scope.act_as(enterprises.principal(made["second"])):
            assert session.query(Preference).one().name == HARBOUR["name"]


def test_a_filter_with_a_line_break_is_kept_in_one_line(signed_in, made):
    browser = browser_of(signed_in, made, "first")

    sent = browser.post(
        "/workerview/filters", data={"name": "two", "query": "keyword=a\r\nSet-Cookie: b"}
    )

    assert sent.status_code == 302
    assert sent.location.endswith("?keyword=aSet-Cookie:b")


def test_a_filter_that_is_not_shared_is_seen_by_its_user_alone(signed_in, made):
    browser_of(signed_in, made, "first").post("/workerview/filters", data=HARBOUR)

    assert HARBOUR["name"] in page(browser_of(signed_in, made, "first"))
    assert HARBOUR["name"] not in page(browser_of(signed_in, made, "second"))


def test_who_shares_a_filter_removes_it_and_nobody_else(signed_in, made, system):
    first = browser_of(signed_in, made, "first")
    first.post("/workerview/filters", data={**HARBOUR, "role": "gc_admin"})
    second = browser_of(signed_in, made, "second")
    assert "filters/remove" not in page(second)
    number = number_of(system, HARBOUR["name"])

    assert second.post(f"/workerview/filters/remove?filter={number}").status_code == 404
    assert HARBOUR["name"] in page(second)
    assert first.post(f"/workerview/filters/remove?filter={number}").status_code == 302
    assert HARBOUR["name"] not in page(second)


def number_of(system, name):
    with system() as session:
        return session.scalars(select(Preference.id).filter_by(name=name)).one()


def test_what_a_filter_looks_for_is_not_readable_in_the_database(signed_in, made, system):
    browser_of(signed_in, made, "first").post(
        "/workerview/filters", data={"name": "查人", "query": "keyword=440703198504120002"}
    )

    with system() as session:
        row = session.execute(text("select * from preference where name = '查人'")).one()
    assert "440703198504120002" not in str(row)


def test_a_filter_is_renamed_by_who_made_it_and_by_nobody_else(signed_in, made, system):
    first, second = (browser_of(signed_in, made, who) for who in ("first", "second"))
    first.post("/workerview/filters", data={**HARBOUR, "role": "gc_admin"})
    first.post("/workerview/filters", data={"name": "别的", "query": "state=DRAFT"})
    address = f"/workerview/filters/rename?filter={number_of(system, HARBOUR['name'])}"

    assert second.post(address, data={"name": "抢名"}).status_code == 404
    first.post(address, data={"name": "别的"})
    assert "已有名为“别的”的筛选" in page(first)
    first.post(address, data={"name": " 码头\n工人 "})

    assert "码头 工人" in page(second)
    assert HARBOUR["name"] not in page(second)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param({**HARBOUR, "name": " "}, "请填写筛选名称", id="no name"),
        pytest.param(
            {**HARBOUR, "query": "page=3&all=1"}, "请先在上方设定筛选条件", id="no filter"
        ),
        pytest.param(
            {**HARBOUR, "role": "city_admin"}, "请从所列角色中选择", id="not a role of his"
        ),
    ],
)
def test_a_filter_that_cannot_be_kept_is_refused_in_words(signed_in, made, system, sent, words):
    first = browser_of(signed_in, made, "first")

    answer = first.post("/workerview/filters", data=sent, follow_redirects=True)

    assert words in answer.text
    with system() as session:
        assert session.query(Preference).count() == 0


def test_a_list_keeps_twenty_filters_of_a_user_and_replaces_those_of_the_same_name(
    signed_in, made, system
):
    first = browser_of(signed_in, made, "first")
    for n in range(20):
        first.post("/workerview/filters", data={"name": f"第{n}", "query": "state=DRAFT"})

    first.post("/workerview/filters", data={"name": "太多", "query": "state=DRAFT"})
    assert "请先删除一个" in page(first)
    first.post("/workerview/filters", data={"name": "第3", "query": "state=EXITED"})

    with system() as session:
        kept = dict(session.execute(select(Preference.name, Preference.query)).all())
    assert len(kept) == 20
    assert kept["第3"] == "state=EXITED"


def test_the_list_opens_with_the_default_until_all_rows_are_asked_for(signed_in, made, system):
    first, second = (browser_of(signed_in, made, who) for who in ("first", "second"))
    first.post("/workerview/filters", data={**HARBOUR, "role": "gc_admin"})
    number = number_of(system, HARBOUR["name"])

    second.post(f"/workerview/filters/default?filter={number}")

    assert second.get(LIST).location == f"{LIST}?{HARBOUR['query']}"
    whole = page(second, f"{LIST}?all=1")
    assert whole.count('name="rowid"') == 20
    assert 'name="all" value="1"' in whole
    assert first.get(LIST).status_code == 200
    second.post("/workerview/filters/default?filter=0")
    assert second.get(LIST).status_code == 200


def test_a_default_that_was_removed_or_is_not_offered_opens_nothing(signed_in, made, system):
    first, second, rival = (
        browser_of(signed_in, made, who) for who in ("first", "second", "rival")
    )
    first.post("/workerview/filters", data={**HARBOUR, "role": "gc_admin"})
    number = number_of(system, HARBOUR["name"])

    assert rival.post(f"/workerview/filters/default?filter={number}").status_code == 404
    second.post(f"/workerview/filters/default?filter={number}")
    first.post(f"/workerview/filters/remove?filter={number}")

    assert second.get(LIST).status_code == 200


def test_a_filter_about_a_team_is_offered_in_its_project_alone(signed_in, made, system):
    first = browser_of(signed_in, made, "first")
    first.post("/workerview/filters", data={"name": "一班", "query": f"team_id={made['team']}"})
    first.post("/workerview/filters", data=HARBOUR)
    assert "一班" in page(first)

    with first.session_transaction() as session:
        session["project_id"] = made["elsewhere"]

    assert "一班" not in page(first)
    assert HARBOUR["name"] in page(first)


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
