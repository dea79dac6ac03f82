"""允许退场后重返原班组 (screens.md 4.9, 8.2): by form, by T3 and T5, by interface."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import scope
from app.core.audit import AuditEntry
from app.core.errors import NotAllowed, NotFound, Refusal, Stale
from app.extensions import db
from app.imports.choices import ImportState
from app.projects import services as projects
from app.roster import services
from app.roster.choices import StaffKind, StayState
from app.roster.models import ProjectWorker
from tests.factories import enterprises, numbered, roster
from tests.imports.templates.runs import imported, previewed, problems, said
from tests.roster.conftest import principal_of

BACK = date(2026, 11, 20)


@pytest.fixture
def left(site):
    """Somebody who left the main team."""
    return roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 10, 1))


def allow(site, actor, *, value=True):
    with scope.act_as(actor):
        return projects.change_settings(site.project, {"allow_same_team": value}, actor=actor)


def values(left, **more):
    return roster.worker_values(
        left.team, id_number=left.id_number, name=left.name, entry_on=BACK, **more
    )


def enrol(site, actor, left, **more):
    with scope.act_as(actor):
        return services.enrol_workers(site.project, [values(left, **more)], actor=actor)[0]


def t5(left):
    return {"姓名": left.name, "证件号码": left.id_number, "班组名称": left.team.name,
            "类型": "进场", "日期": "2026-11-20"}  # fmt: skip


def t3(site, left):
    return {"所属单位统一社会信用代码": site.firm.credit_code, "班组名称": left.team.name,
            "姓名": left.name, "证件号码": left.id_number, "手机号码": "13800138000",
            "进场日期": "2026-11-20"}  # fmt: skip


def stays(left):
    return db.session.scalars(
        select(ProjectWorker).filter_by(person_id=left.person_id).order_by(ProjectWorker.id)
    ).all()


def test_the_form_asks_for_a_reason_until_the_site_allows_it(site, gc, left):
    with pytest.raises(Refusal) as caught:
        enrol(site, gc, left)
    assert caught.value.field == "join_reason"

    allow(site, gc)
    assert enrol(site, gc, left).state is StayState.ON_SITE


def test_a_sheet_of_workers_gives_the_reason_as_its_remark(site, gc, left):
    job = previewed("T3", site.project, [t3(site, left)], gc)
    assert (2, "备注", "error") in problems(job), said(job)

    job = imported("T3", site.project, [{**t3(site, left), "备注": "二次结构需要"}], gc)
    assert job.state is ImportState.DONE, said(job)
    assert stays(left)[-1].join_reason == "二次结构需要"


def test_a_sheet_of_movements_gives_the_reason_in_its_column(site, gc, left):
    job = previewed("T5", site.project, [t5(left)], gc)
    assert (2, "原因", "error") in problems(job), said(job)

    job = imported("T5", site.project, [{**t5(left), "原因": "其他"}], gc)
    assert job.state is ImportState.DONE, said(job)
    assert stays(left)[-1].join_reason == "其他"


def test_a_site_that_allows_it_asks_no_sheet(site, gc, left):
    allow(site, gc)

    job = imported("T5", site.project, [t5(left)], gc)
    assert job.state is ImportState.DONE, said(job)


def test_the_interface_takes_it_and_marks_it(site, gc, at, left):
    worker = enrol(site, at(gc, scope.Door.API), left, work_type="020")

    assert worker.state is StayState.ON_SITE
    assert "原班组" in worker.join_reason or "班组" in worker.join_reason


def test_only_the_general_contractor_keeps_the_settings_and_the_audit_knows(site, gc):
    allow(site, gc)
    assert site.project.allow_same_team is True
    found = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.table_name == "project", AuditEntry.row_id == site.project.id)
        .order_by(AuditEntry.id)
    ).all()
    assert (found[-1].actor, found[-1].after["allow_same_team"]) == (gc.user_id, True)
    for other in (principal_of(site.sub_user), principal_of(site.stranger_user)):
        with pytest.raises(NotFound):
            allow(site, other, value=False)
    with pytest.raises(NotAllowed):
        allow(site, principal_of(enterprises.official()), value=False)
    with scope.act_as(gc), pytest.raises(Stale):
        projects.change_settings(site.project, {"row_version": 99}, actor=gc)


def test_the_labour_manager_on_site_keeps_them_too(site, gc):
    with scope.act_as(gc):
        post = services.add_staff(
            site.project, StaffKind.MANAGER,
            roster.staff_values(site.main, "labour_manager", has_account=True,
                                username=numbered("labour")),
            actor=gc,
        )  # fmt: skip
    allow(site, principal_of(post.user_id))

    assert site.project.allow_same_team is True


def test_the_page_of_the_settings_saves_and_strangers_find_none(city, browse, system):
    page = f"/projects/settings/{city.project}"
    firm = browse(city.firm_user, city.project)
    assert page in firm.get(f"/projects/show/{city.project}").text
    version = firm.get(page).text.split('name="row_version"')[1].split('value="')[1].split('"')[0]
    data = {"allow_same_team": "1", "row_version": version}
    assert firm.post(page, data=data).status_code == 302
    with system() as session:
        from app.projects.models import Project

        assert session.get(Project, city.project).allow_same_team is True
    for user in (city.sub_user, city.stranger_user):
        other = browse(user)
        assert page not in other.get(f"/projects/show/{city.project}").text
        assert other.get(page).status_code == 404
        assert other.post(page, data=data).status_code == 404
