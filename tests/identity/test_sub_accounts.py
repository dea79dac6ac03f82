"""企业子账号: opening, limits, sites seen, disabling, resetting (screens.md 2.5)."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.core import clock, scope
from app.core.errors import NotFound
from app.enterprises.models import Enterprise
from app.extensions import db
from app.identity import queries, services
from app.identity.choices import SubRole
from app.identity.errors import AlreadyOver, MoreThanOwn, NoSuchAccount, SiteNeeded, UsernameTaken
from app.identity.models import Account, SiteAccess
from app.projects.choices import UnitState
from app.projects.models import Project
from app.roster.models import ProjectWorker
from tests.factories import enterprises as make
from tests.factories import numbered, projects, roster


@pytest.fixture
def city(work):
    """A general contractor with two sites, a subcontractor on the first, a worker of each."""
    firm, sub = make.enterprise(), make.enterprise(make.EnterpriseType.LABOUR_SUBCONTRACTOR)
    sites = [projects.project(firm), projects.project(firm)]
    own = [projects.general_contractor_unit(site) for site in sites]
    unit = projects.unit(sites[0], sub)
    return SimpleNamespace(
        firm=firm, sub=sub, sites=sites, own=own, unit=unit,
        workers=[roster.worker(roster.team(u)) for u in (*own, unit)],
        admin=make.principal(make.admin(firm)), sub_admin=make.principal(make.admin(sub)),
    )  # fmt: skip


def values(*sites, **changes):
    return {
        "username": numbered("clerk_"), "name": "李四", "mobile": "13800138000",
        "role": SubRole.CLERK, "projects": [site.id for site in sites], "valid_to": None,
        **changes,
    }  # fmt: skip


def account(number):
    with scope.login_scope("test"):
        return db.session.get(Account, number, populate_existing=True)


def test_a_sub_account_sees_only_its_sites(city):
    with scope.act_as(city.admin):
        number, password = services.create_sub_account(values(city.sites[0]), actor=city.admin)
    assert len(password) >= 10
    assert account(number).must_change_password
    clerk = make.principal(number)
    assert clerk.roles == {"clerk"}
    assert clerk.enterprises == ()
    with scope.act_as(clerk):
        assert [p.id for p in db.session.query(Project)] == [city.sites[0].id]
        seen = {w.id for w in db.session.query(ProjectWorker)}
        assert seen == {city.workers[0].id, city.workers[2].id}  # the whole first site


def test_a_subcontractors_account_sees_its_unit_only(city):
    with scope.act_as(city.sub_admin):
        number, _password = services.create_sub_account(values(city.sites[0]), actor=city.sub_admin)
    with scope.act_as(make.principal(number)):
        assert [w.id for w in db.session.query(ProjectWorker)] == [city.workers[2].id]


def test_one_login_serves_several_sites(city):
    with scope.act_as(city.admin):
        number, _password = services.create_sub_account(values(*city.sites), actor=city.admin)
    with scope.act_as(make.principal(number)):
        assert db.session.query(Project).count() == 2


def test_a_foreign_project_is_refused_like_one_that_does_not_exist(city):
    foreign = projects.project(make.enterprise())
    with scope.act_as(city.admin):
        for number in (foreign.id, 999_999_999):
            with pytest.raises(NotFound):
                services.create_sub_account(
                    values(city.sites[0], projects=[city.sites[0].id, number]), actor=city.admin
                )


def test_a_subcontractor_cannot_open_a_login_on_another_unit(city):
    with scope.act_as(city.sub_admin), pytest.raises(NotFound):
        services.create_sub_account(values(city.sites[1]), actor=city.sub_admin)


def test_an_account_needs_a_site_and_a_day_to_come(city):
    with scope.act_as(city.admin):
        with pytest.raises(SiteNeeded):
            services.create_sub_account(values(), actor=city.admin)
        yesterday = clock.today() - timedelta(days=1)
        with pytest.raises(AlreadyOver):
            services.create_sub_account(values(city.sites[0], valid_to=yesterday), actor=city.admin)


def test_nobody_grants_more_than_he_has(city):
    with scope.act_as(city.admin):
        number, _p = services.create_sub_account(values(city.sites[0]), actor=city.admin)
    clerk = make.principal(number)
    with scope.act_as(clerk), pytest.raises(MoreThanOwn):
        services.create_sub_account(values(city.sites[0]), actor=clerk)
    for role in ("gc_admin", "city_admin", "sys_admin", "no_such_role"):
        with scope.act_as(city.sub_admin), pytest.raises(MoreThanOwn):
            services.open_site_login(
                project_id=city.sites[0].id, unit_id=city.unit.id, whole_project=False,
                username=numbered("x_"), name="x", mobile=None, role=role, can_write=None,
                actor=city.sub_admin,
            )  # fmt: skip
    with scope.act_as(city.sub_admin), pytest.raises(MoreThanOwn):
        services.open_site_login(
            project_id=city.sites[0].id, unit_id=city.unit.id, whole_project=True,
            username=numbered("x_"), name="x", mobile=None, role="clerk", can_write=None,
            actor=city.sub_admin,
        )  # fmt: skip


def test_the_last_day_ends_the_account(city):
    with scope.act_as(city.admin):
        number, _p = services.create_sub_account(
            values(city.sites[0], valid_to=clock.today()), actor=city.admin
        )
    from app.identity import principals

    assert principals.usable(account(number))
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert not principals.usable(account(number))


def test_a_taken_name_is_refused_whoever_holds_it(city):
    waiting = make.application().username
    with scope.act_as(city.admin):
        first = values(city.sites[0])
        services.create_sub_account(first, actor=city.admin)
        for name in (first["username"], first["username"].upper(), waiting):
            with pytest.raises(UsernameTaken):
                services.create_sub_account(values(city.sites[0], username=name), actor=city.admin)


def site_login(city, unit, actor, **changes):
    with scope.act_as(actor):
        return services.open_site_login(**{
            "project_id": unit.project_id, "unit_id": unit.id, "whole_project": False,
            "username": "manager_zhang", "name": "张三", "mobile": "13900139000",
            "role": "project_staff", "can_write": ["roster"], "actor": actor, **changes,
        })  # fmt: skip


def test_a_known_login_of_the_same_person_gets_the_site_added(city):
    number, first = site_login(city, city.own[0], city.admin)
    again, second = site_login(city, city.own[1], city.admin)
    assert again == number
    assert first
    assert second is None
    rows = db.session.query(SiteAccess).filter_by(user_id=number).all()
    assert {row.project_id for row in rows} == {site.id for site in city.sites}
    assert rows[0].can_write == ["roster"]


def test_another_persons_login_is_not_taken_over(city):
    site_login(city, city.own[0], city.admin)
    with pytest.raises(UsernameTaken):
        site_login(city, city.own[1], city.admin, mobile="13700137000")
    with pytest.raises(UsernameTaken):
        site_login(city, city.unit, city.sub_admin)


def test_closing_a_site_takes_it_from_the_login(city):
    number, _p = site_login(city, city.own[0], city.admin)
    with scope.act_as(city.admin):
        services.close_site_login(project_id=city.sites[0].id, user_id=number, actor=city.admin)
    assert make.principal(number).units == ()


def test_another_enterprises_accounts_cannot_be_touched(city):
    with scope.act_as(city.admin):
        number, _p = services.create_sub_account(values(city.sites[0]), actor=city.admin)
    with scope.act_as(city.sub_admin):
        with pytest.raises(NoSuchAccount):
            services.reset_sub_account(number, actor=city.sub_admin)
        with pytest.raises(NoSuchAccount):
            services.set_sub_active(number, active=False, actor=city.sub_admin)
        assert queries.sub_accounts(city.sub_admin.enterprises) == []
    assert account(number).active


def test_an_administrator_is_no_sub_account(city):
    with scope.act_as(city.admin), pytest.raises(NoSuchAccount):
        services.reset_sub_account(city.admin.user_id, actor=city.admin)


# --- over HTTP ------------------------------------------------------------------------------


@pytest.fixture
def site(system, signed_in):
    """A signed-in administrator with one project, and a stranger."""
    with system():
        firm = make.enterprise()
        row = projects.project(firm)
        found = SimpleNamespace(project=row.id, name=row.name)
        admin, stranger = make.admin(firm), make.admin(make.enterprise())
        foreign = projects.project(make.enterprise())
        found.foreign, found.foreign_name = foreign.id, foreign.name
    found.browser, found.stranger = signed_in(admin), signed_in(stranger)
    return found


def posted(site, **changes):
    return {
        "username": numbered("http_"), "name": "王五", "mobile": "13800138000", "role": "CLERK",
        "projects": [str(site.project)], "valid_to": "", **changes,
    }  # fmt: skip


def opened(site, **changes):
    data = posted(site, **changes)
    answer = site.browser.post("/sub-accounts/add", data=data)
    assert answer.status_code == 200
    password = re.search(r"<code>([^<]+)</code>", answer.text)
    assert password, re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    return data["username"], password[1]


def number_of(system, username):
    with system() as session, scope.login_scope("test"):
        return session.query(Account.id).filter_by(username=username).scalar()


def test_the_first_password_is_shown_once_and_works_once(site, app, system):
    username, password = opened(site)
    page = site.browser.get("/sub-accounts/list/").text
    assert username in page
    assert site.name in page
    assert password not in page
    browser = app.test_client()
    assert (
        browser.post("/login/", data={"username": username, "password": password}).status_code
        == 302
    )
    assert browser.get("/").location == "/password/change"


def test_the_form_refuses_what_is_wrong_beside_the_field(site, system):
    for field, value in (
        ("username", "1x"), ("mobile", "123"), ("role", "CITY_ADMIN"), ("projects", []),
        ("projects", [str(site.foreign)]), ("valid_to", "2020-01-01"), ("name", ""),
    ):  # fmt: skip
        data = posted(site, **{field: value})
        page = site.browser.post("/sub-accounts/add", data=data).text
        assert f'id="{field}-error"' in page, (field, value)
        assert number_of(system, data["username"]) is None


def test_the_picker_offers_own_projects_only(site):
    text = site.browser.get("/sub-accounts/sites").text
    assert str(site.project) in text
    assert str(site.foreign) not in [str(r["id"]) for r in site.browser.get(
        "/sub-accounts/sites").json["results"]]  # fmt: skip


def test_the_picker_leads_to_every_project_and_the_oldest_choice_survives_an_error(site, system):
    with system() as session:
        firm = session.get(Enterprise, session.get(Project, site.project).general_contractor_id)
        for _n in range(55):
            projects.project(firm)
    numbers, page, more = [], 1, True
    while more:
        found = site.browser.get(f"/sub-accounts/sites?page={page}").json
        numbers += [one["id"] for one in found["results"]]
        more, page = found["pagination"]["more"], page + 1
    assert len(numbers) == len(set(numbers)) == 56
    assert site.project in numbers

    again = site.browser.post("/sub-accounts/add", data=posted(site, mobile="123")).text
    picked = re.search(r'<option value="(\d+)" selected[^>]*>([^<]+)<', again)
    assert (int(picked[1]), picked[2]) == (site.project, site.name)


def test_the_list_is_read_page_by_page_in_the_size_its_user_keeps(site, system):
    with system() as session:
        firm = session.get(Project, site.project).general_contractor_id
        numbers = [
            services.open_account(
                username=numbered("many_"), name="李四", audience=scope.Audience.TENANT,
                role="clerk", enterprise_id=firm, limited=True, password_hash="x",
            )
            for _n in range(45)
        ]  # fmt: skip
    newest_first = list(reversed(numbers))

    def shown(query=""):
        page = site.browser.get(f"/sub-accounts/list/{query}").text
        assert "共 45 条" in page
        return [int(n) for n in re.findall(r"/sub-accounts/reset/(\d+)", page)]

    assert shown() == newest_first[:20]
    assert shown("?page=2") == shown("?page=99") == newest_first[40:]
    assert "?page=1" in site.browser.get("/sub-accounts/list/").text
    site.browser.post("/sub-accounts/size?size=50")
    assert shown() == newest_first


def test_disabling_ends_the_session_and_a_reset_gives_a_new_password(site, system, signed_in):
    username, _password = opened(site)
    number = number_of(system, username)
    clerk = signed_in(number)
    assert clerk.get("/").location == "/password/change"
    site.browser.post(f"/sub-accounts/switch/{number}/0")
    assert clerk.get("/").location.startswith("/login/")
    site.browser.post(f"/sub-accounts/switch/{number}/1")
    answer = site.browser.post(f"/sub-accounts/reset/{number}")
    assert re.search(r"<code>([^<]+)</code>", answer.text)


def test_strangers_and_officials_touch_no_sub_account(site, system, signed_in):
    number = number_of(system, opened(site)[0])
    for url in (f"/sub-accounts/switch/{number}/0", f"/sub-accounts/reset/{number}"):
        assert site.stranger.post(url).status_code == 404
    with system():
        official = make.official("city_admin", district=None)
    assert signed_in(official).get("/sub-accounts/list/").status_code == 403
    assert signed_in(number).get("/sub-accounts/list/").status_code in {302, 403}
    with system() as session, scope.login_scope("test"):
        assert session.get(Account, number).active


def test_an_invitation_that_waits_opens_no_login(city):
    projects.unit(city.sites[1], city.sub, state=UnitState.INVITED)
    with scope.act_as(make.principal(make.admin(city.sub))) as actor, pytest.raises(NotFound):
        services.create_sub_account(values(city.sites[1]), actor=actor)


def test_the_city_office_resets_an_administrators_password(system, signed_in, app):
    with system() as session:
        firm = make.enterprise()
        admin = make.admin(firm)
        people = {
            "city": make.official("city_admin", district=None), "district": make.official(),
            "other": make.admin(make.enterprise()),
        }  # fmt: skip
        url = f"/administrators/{firm.id}/reset"
        with scope.login_scope("test"):
            name = session.get(Account, admin).username
    for stranger in ("district", "other"):
        assert signed_in(people[stranger]).post(url).status_code in {302, 403}
    assert signed_in(people["city"]).post("/administrators/999999999/reset").status_code == 404
    page = signed_in(people["city"]).post(url).text
    password = re.search(r"<code>([^<]+)</code>", page)[1]
    browser = app.test_client()
    browser.post("/login/", data={"username": name, "password": password})
    assert browser.get("/").location == "/password/change"


def test_a_reset_of_a_disabled_account_says_that_it_stays_disabled(site, system):
    number = number_of(system, opened(site)[0])
    assert "账号可以使用了" in site.browser.post(f"/sub-accounts/reset/{number}").text
    site.browser.post(f"/sub-accounts/switch/{number}/0")

    page = site.browser.post(f"/sub-accounts/reset/{number}").text

    assert "账号仍为停用状态" in page
    assert "账号可以使用了" not in page


def test_reloading_the_page_of_a_first_password_makes_no_second_one(site, app, system):
    username, _password = opened(site)
    number = number_of(system, username)
    page = site.browser.get("/sub-accounts/list/").text
    button = re.search(rf"['\"](/sub-accounts/reset/{number}\?[^'\"]+)['\"]", page)[1]
    shown = re.search(r"<code>([^<]+)</code>", site.browser.post(button).text)[1]

    reloaded = site.browser.post(button, follow_redirects=True).text

    assert "<code>" not in reloaded
    assert "没有再生成新的密码" in reloaded
    signing_in = {"username": username, "password": shown}
    assert app.test_client().post("/login/", data=signing_in).location == "/"
    fresh = re.search(
        rf"['\"](/sub-accounts/reset/{number}\?[^'\"]+)['\"]",
        site.browser.get("/sub-accounts/list/").text,
    )[1]
    assert "<code>" in site.browser.post(fresh).text
