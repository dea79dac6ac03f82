"""The labour manager's login opens when his project is approved (screens.md 4.2 D)."""

import re
from datetime import timedelta

import pytest

from app.core import clock, scope
from app.identity import principals
from app.identity.models import Account
from app.projects import services
from app.projects.choices import ProjectState
from app.projects.models import Project
from app.roster.choices import StaffKind
from app.roster.models import StaffMember
from tests.factories import enterprises, numbered, projects, roster, states

MOBILE = "13800138000"


@pytest.fixture
def site(system):
    """A submitted project that names its labour manager and his sign-in name."""
    with system():
        firm = enterprises.enterprise()
        named = projects.project(
            firm, labour_manager_name="钱多", labour_manager_mobile=MOBILE,
            labour_manager_username=numbered("qianduo"),
        )  # fmt: skip
        projects.general_contractor_unit(named)
        states.put(Project, named, ProjectState.SUBMITTED)
        return {
            "project": named.id, "username": named.labour_manager_username, "firm": firm.id,
            "gc": enterprises.admin(firm), "reviewer": enterprises.official(),
        }  # fmt: skip


def approve(system, site):
    with system() as session:
        services.approve_project(session.get(Project, site["project"]), actor=scope.SYSTEM)


def draft_of(session, site):
    return session.query(StaffMember).filter_by(
        project_id=site["project"], draft_of="project:labour_manager"
    ).one()  # fmt: skip


def account_of(system, username):
    with system(), scope.login_scope("test") as connection:
        return connection.execute(
            Account.__table__.select().where(Account.username == username)
        ).one_or_none()


def test_approval_opens_the_login_over_the_whole_project(system, site):
    approve(system, site)

    account = account_of(system, site["username"])
    with system() as session, scope.login_scope("test"):
        actor = principals.principal_of(session.get(Account, account.id))
    assert actor.projects == (site["project"],)
    assert actor.roles == {"labour_manager"}
    assert account.must_change_password is True


def test_a_reviewer_can_approve_it_on_his_screen(system, signed_in, site):
    answer = signed_in(site["reviewer"]).post(
        f"/project-reviews/approve/{site['project']}", data={}
    )

    assert answer.status_code == 302
    assert account_of(system, site["username"]) is not None


def test_the_administrator_is_shown_a_first_password_until_its_first_use(
    system, signed_in, client, site
):
    approve(system, site)
    with system() as session:
        number = draft_of(session, site).id
    browser = signed_in(site["gc"])
    with browser.session_transaction() as session:
        session["project_id"] = site["project"]
    assert f"/managerview/password/{number}" in browser.get(f"/managerview/show/{number}").get_data(
        as_text=True
    )

    answer = browser.post(f"/managerview/password/{number}")
    password = re.search(r"<code>([^<]+)</code>", answer.get_data(as_text=True))[1]
    with browser.session_transaction() as session:
        assert password not in str(dict(session))
    entered = client.post("/login/", data={"username": site["username"], "password": password})

    assert entered.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"/managerview/password/{number}" not in browser.get(
        f"/managerview/show/{number}"
    ).get_data(as_text=True)
    browser.post(f"/managerview/password/{number}")
    again = client.post("/login/", data={"username": site["username"], "password": password})
    assert again.status_code == 302


def test_the_page_of_the_project_offers_the_first_password_until_it_is_used(
    system, signed_in, client, site
):
    approve(system, site)
    with system() as session:
        number = draft_of(session, site).id
    address, url = f"/projects/show/{site['project']}", f"/managerview/password/{number}"
    assert url not in signed_in(site["reviewer"]).get(address).get_data(as_text=True)
    browser = signed_in(site["gc"])
    page = browser.get(address).get_data(as_text=True)
    assert url in page
    assert site["username"] in page

    shown = browser.post(url, follow_redirects=True).get_data(as_text=True)
    password = re.search(r"<code>([^<]+)</code>", shown)[1]
    client.post("/login/", data={"username": site["username"], "password": password})

    assert url not in browser.get(address).get_data(as_text=True)


def test_the_general_contractor_is_offered_no_password_of_another_enterprise(
    system, signed_in, site
):
    from app.identity import services as identity

    with system() as session:
        unit = projects.unit(session.get(Project, site["project"]), enterprises.enterprise())
        login, _password = identity.open_site_login(
            project_id=unit.project_id, unit_id=unit.id, whole_project=False,
            username="readerdoc", name="资料员", mobile="13800138000", role="site_manager",
            can_write=[], actor=scope.SYSTEM,
        )  # fmt: skip
        post = StaffMember(
            project_id=unit.project_id, staff_kind=StaffKind.MANAGER, source="manual",
            user_id=login, **roster.staff_values(unit, "2"),
        )  # fmt: skip
        session.add(post)
        session.flush()
        number, owner = post.id, enterprises.admin(unit.enterprise)
    pages = []
    for user in (site["gc"], owner):
        browser = signed_in(user)
        with browser.session_transaction() as cookie:
            cookie["project_id"] = site["project"]
        pages.append(browser.get(f"/managerview/show/{number}").text)

    assert [f"/managerview/password/{number}" in page for page in pages] == [False, True]


def test_another_enterprise_gets_no_password(system, signed_in, site):
    approve(system, site)
    with system() as session:
        number, stranger = draft_of(session, site).id, enterprises.admin(enterprises.enterprise())

    assert signed_in(stranger).post(f"/managerview/password/{number}").status_code == 404


def test_a_login_the_person_has_gets_the_project_added(system, site):
    from app.identity import services as identity

    with system() as session:
        session.get(Project, site["project"]).labour_manager_username = None
        other = projects.project(session.get(Project, site["project"]).general_contractor)
        unit = projects.general_contractor_unit(other)
        user_id, _password = identity.open_site_login(
            project_id=other.id, unit_id=unit.id, whole_project=True, username=site["username"],
            name="钱多", mobile=MOBILE, role="labour_manager", can_write=None, actor=scope.SYSTEM,
        )  # fmt: skip
        session.get(Project, site["project"]).labour_manager_username = site["username"]

    approve(system, site)

    with system() as session:
        assert draft_of(session, site).user_id == user_id


def test_a_name_somebody_else_holds_stops_no_approval(system, site):
    with system():
        from app.identity import services as identity

        identity.open_account(
            username=site["username"], name="别人", audience=scope.Audience.GOVERNMENT,
            role="inspector", district_code="440703",
        )  # fmt: skip

    approve(system, site)

    with system() as session:
        row = draft_of(session, site)
        assert (row.user_id, row.has_account, row.username) == (None, True, site["username"])
        assert session.get(Project, site["project"]).state is ProjectState.APPROVED


def test_a_login_that_did_not_open_is_told_to_reviewer_and_contractor(system, signed_in, site):
    with system():
        from app.identity import services as identity

        identity.open_account(
            username=site["username"], name="别人", audience=scope.Audience.GOVERNMENT,
            role="inspector", district_code="440703",
        )  # fmt: skip

    told = signed_in(site["reviewer"]).post(
        f"/project-reviews/approve/{site['project']}", data={}, follow_redirects=True
    )

    words = f"登录账号{site['username']}未能开通"
    assert words in told.text
    with system() as session:
        number = draft_of(session, site).id
    browser = signed_in(site["gc"])
    page = browser.get(f"/projects/show/{site['project']}").text
    assert words in page
    assert f"/managerview/edit/{number}" in page
    home = browser.get("/").text
    assert words in home
    assert f"/managerview/edit/{number}" in home


def test_a_login_that_opened_is_no_next_step(system, signed_in, site):
    approve(system, site)

    assert "未能开通" not in signed_in(site["gc"]).get("/").text


def test_reloading_the_first_password_of_a_post_makes_no_second_one(
    system, signed_in, client, site
):
    approve(system, site)
    with system() as session:
        number = draft_of(session, site).id
    browser = signed_in(site["gc"])
    addresses = [f"/managerview/show/{number}", f"/projects/show/{site['project']}"]
    buttons = [
        re.search(rf"['\"](/managerview/password/{number}\?[^'\"]+)['\"]", browser.get(page).text)[
            1
        ]
        for page in addresses
    ]
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        shown = re.search(r"<code>([^<]+)</code>", browser.post(buttons[0]).text)[1]
        reloaded = [browser.post(button, follow_redirects=True).text for button in buttons]

    assert all("没有再生成新的密码" in page for page in reloaded)
    signing_in = {"username": site["username"], "password": shown}
    assert client.post("/login/", data=signing_in).location == "/"
