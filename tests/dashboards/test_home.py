"""The first page of each role."""

import re
from datetime import time, timedelta

import pytest

from app.attendance.queries import presence, today_rates
from app.attendance.services import add_correction
from app.core import clock, scope
from app.core.counts import counted
from app.dashboards import queries
from app.extensions import db
from app.identity import principals
from app.identity import services as identity
from app.identity.models import Account
from app.projects.choices import ProjectState, UnitState
from app.projects.models import Project
from app.roster.choices import StayState
from tests.factories import attendance, enterprises, projects, roster, wages
from tests.factories.guides import article


def _account(who):
    if who == "contractor":
        return enterprises.admin(enterprises.enterprise())
    if who == "official":
        return enterprises.official()
    return identity.open_account(
        username="technician", name="系统管理员", audience=scope.Audience.LOGIN, role="sys_admin",
        password_hash=identity.hashed(enterprises.PASSWORD),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["contractor", "official", "administrator"])
def test_home_opens_for_everybody(system, signed_in, who):
    with system():
        article(title="关于高温停工的通知")
        number = _account(who)
    page = signed_in(number).get("/")
    assert page.status_code == 200
    assert ("关于高温停工的通知" in page.text) is (who != "administrator")
    assert "%%" not in page.text


def test_the_home_of_a_contractor_shows_the_wages_due(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        worker = roster.worker(roster.team(projects.general_contractor_unit(
            projects.project(firm))))  # fmt: skip
        last = clock.today().replace(day=1) - timedelta(days=1)
        wages.payroll([worker], f"{last:%Y-%m}")
        user = enterprises.admin(firm)
    page = signed_in(user).get("/").text

    assert "本月应发" in page
    assert "6,000.00" in page


def test_the_rate_of_the_home_page_is_the_rate_of_the_sites(work):
    today = clock.today()
    site, resting = attendance.site(), attendance.site(state=ProjectState.SUSPENDED)
    attendance.record(site.project, attendance.punch(site.own_worker, "in 00:01", today))

    figures = queries.sites(counted(**queries.site_figures()), presence(today).values())

    assert (figures.on_site, figures.on_duty, figures.rate) == (4, 1, "50%")
    assert today_rates([site.project.id, resting.project.id], today) == {site.project.id: 50}


def test_an_officials_figures_are_those_of_his_districts(system, signed_in):
    with system():
        officials = [enterprises.official(district=one) for one in ("440703", "440704", None)]
        for district, number in (("440703", 2), ("440704", 1)):
            unit = projects.general_contractor_unit(
                projects.project(enterprises.enterprise(district=district), district=district)
            )
            for _one in range(number):
                roster.worker(roster.team(unit), state=StayState.ON_SITE)
    pages = [signed_in(official).get("/").text for official in officials]
    assert [figure(page, "在场工人") for page in pages] == ["2", "1", "3"]
    assert [figure(page, "在建项目") for page in pages] == ["1", "1", "2"]


def figure(page, label):
    return page.split(f'<span class="number-label">{label}</span>')[1].split('"number">')[1][0]


@pytest.mark.parametrize(("sites", "chosen"), [(1, True), (2, False)])
def test_an_only_project_need_not_be_chosen(system, signed_in, sites, chosen):
    with system():
        firm = enterprises.enterprise()
        names = [projects.project(firm).name for _one in range(sites)]
        browser = signed_in(enterprises.admin(firm))
    switch = browser.get("/").text.split('id="switch-project"')[1].split("</select>")[0]
    assert (names[0] in switch) is chosen

    browser.post("/sites/switch", data={"project_id": ""})
    browser.get("/")
    with browser.session_transaction() as session:
        assert session["project_id"] is None, "all projects stays what was chosen"


@pytest.mark.parametrize("sites", [1, 2])
def test_attendance_without_a_project_says_that_one_is_chosen_first(system, signed_in, sites):
    with system():
        firm = enterprises.enterprise()
        names = [projects.project(firm).name for _one in range(sites)]
        browser = signed_in(enterprises.admin(firm))
    page = browser.get("/attendance/", follow_redirects=True)

    assert ("请先选择项目" in page.text) is (sites == 2)
    assert page.request.path == ("/attendance/" if sites == 1 else "/sites/list/")
    assert names[0] in page.text


def steps_of(page):
    part = page.split('id="to-do"')[1].split("</section>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in part.split("<li>")[1:]]


def test_what_waits_for_a_contractor_stands_first_returned_then_drafts(system, signed_in):
    with system() as session:
        host, firm = enterprises.enterprise(), enterprises.enterprise()
        made = [
            projects.project(firm, name=f"{state.name}工程", state=state)
            for state in (ProjectState.RETURNED, ProjectState.DRAFT, ProjectState.APPROVED)
        ]
        invited = projects.unit(
            projects.project(host), firm, state=UnitState.INVITED, project_name="邀请工程"
        )
        session.flush()
        user = enterprises.admin(firm)
        numbers = [invited.id, *(row.id for row in made)]

    page = signed_in(user).get("/").text

    found = steps_of(page)
    assert [line.split()[0] for line in found] == [
        "邀请工程", "RETURNED工程", "DRAFT工程", "APPROVED工程",
    ]  # fmt: skip
    assert f"/invitations/show/{numbers[0]}" in page
    assert "按审核意见修改后重新提交 还差：" in found[1]
    assert "施工许可证" in found[2]
    assert "还差" not in found[3]
    assert re.search(r'href="#to-do">\s*<span class="number-label">待办</span>\s*'
                     r'<span class="number">4', page)  # fmt: skip


def test_a_contractor_is_not_told_to_finish_the_application_of_another(system, signed_in):
    with system():
        host, firm = enterprises.enterprise(), enterprises.enterprise()
        project = projects.project(host, name="别家工程", state=ProjectState.RETURNED)
        unit = projects.unit(project, firm)
        project.unit_ids = [unit.id]
        user = enterprises.admin(firm)

    assert "别家工程" not in signed_in(user).get("/").text


def test_money_has_its_unit_and_an_announcement_its_date(system, signed_in):
    with system():
        article(title="关于高温停工的通知")
        user = enterprises.admin(enterprises.enterprise())

    page = signed_in(user).get("/").text

    assert re.search(r'<span class="number">0\.00<small>元</small>', page)
    assert re.search(r"关于高温停工的通知</a> <time>\d{4}-\d\d-\d\d</time>", page)


def test_a_declined_invitation_is_a_next_step_of_its_inviter_alone(system, signed_in):
    with system():
        host, firm = enterprises.enterprise(), enterprises.enterprise()
        project = projects.project(host, name="请人工程")
        unit = projects.unit(project, firm, state=UnitState.DECLINED, project_name="请人工程")
        number, name, code, site = unit.id, unit.name, firm.credit_code, project.id
        host_user, firm_user = enterprises.admin(host), enterprises.admin(firm)

    page = signed_in(host_user).get("/").text
    assert f"{name}已拒绝邀请" in page
    assert f"/units/show/{number}" in page
    assert "已拒绝邀请" not in signed_in(firm_user).get("/").text

    with system() as session:
        projects.unit(session.get(Project, site), None, credit_code=code, state=UnitState.INVITED)
    assert "已拒绝邀请" not in signed_in(host_user).get("/").text


def test_the_general_contractor_is_named_the_attendance_a_subcontractor_entered(system, signed_in):
    with system():
        host, firm = enterprises.enterprise(), enterprises.enterprise()
        project = projects.project(host, name="补录工程")
        projects.general_contractor_unit(project)
        unit = projects.unit(project, firm)
        worker = roster.worker(roster.team(unit))
        sub, users = enterprises.admin(firm), [enterprises.admin(host)]
        yesterday = clock.today() - timedelta(days=1)
        with scope.login_scope("test"):
            actor = principals.principal_of(db.session.get(Account, sub))
        with scope.act_as(actor):
            row = add_correction(
                project,
                {"worker_ids": [worker.id], "work_on": yesterday, "in_time": time(8),
                 "out_time": time(17), "reason": "device_fault"},
                actor=actor,
            )  # fmt: skip
        number, name, users = row.id, unit.name, [*users, sub]
    own, subs = (signed_in(user).get("/").text for user in users)

    line = next(one for one in steps_of(own) if name in one)
    assert "补录工程" in line
    assert "审批" in line
    assert f'href="/corrections/show/{number}"' in own
    assert f"/corrections/show/{number}" not in subs


def test_a_project_that_has_not_begun_is_none_under_construction(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        projects.project(firm, state=ProjectState.APPROVED)
        user = enterprises.admin(firm)
    page = signed_in(user).get("/").text

    assert figure(page, "在建项目") == "0"
    assert 'href="/sites/list/?state=ACTIVE"' in page
