"""T2: teams by workbook, changed by a second one, and taken back while nobody needs them."""

import pytest
from sqlalchemy import select

from app.core import scope
from app.extensions import db
from app.imports.choices import ImportState
from app.imports.templates import Kind
from app.imports.templates.teams import team_sheet
from app.roster import services
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team
from tests.factories import numbered, people, roster
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import build, principal_of

LISTED = [
    "所属单位统一社会信用代码", "所属单位名称", "班组名称", "班组工种", "班组长姓名",
    "班组长证件类型", "班组长证件号码", "班组长电话", "责任人姓名", "责任人电话", "进场日期",
    "备注",
]  # fmt: skip


@pytest.fixture
def site(work):
    return build()


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


def line(unit, **cells):
    leader = people.person()
    return {
        "所属单位统一社会信用代码": unit.credit_code, "班组名称": numbered("木工班"),
        "班组工种": "木工", "班组长姓名": leader.name, "班组长证件号码": leader.id_number,
        "班组长电话": leader.mobile, "进场日期": "2026-11-01", **cells,
    }  # fmt: skip


def teams(*names):
    return db.session.scalars(
        select(Team).where(Team.name.in_(names), Team.is_deleted.is_(False)).order_by(Team.id)
    ).all()


def drafts_of(team):
    return db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.team_id == team.id, ProjectWorker.is_deleted.is_(False)
        )
    ).all()


def test_the_sheet_has_the_listed_columns_and_stars():
    columns = team_sheet().columns

    assert [column.header for column in columns] == LISTED
    assert {column.header for column in columns if column.starred} == {
        "所属单位统一社会信用代码", "班组名称", "班组工种", "班组长姓名", "班组长证件号码",
        "班组长电话", "进场日期",
    }  # fmt: skip


def test_teams_come_with_their_leaders_as_drafts(site, gc):
    lines = [line(site.main), line(site.side, 备注="分包班组")]
    job = imported("T2", site.project, lines, gc)

    assert (job.state, job.imported) == (ImportState.DONE, 2), said(job)
    found = teams(*(one["班组名称"] for one in lines))
    assert [row.unit_id for row in found] == [site.main.id, site.side.id]
    assert found[1].remark == "分包班组"
    [draft] = drafts_of(found[0])
    assert (draft.state, draft.is_team_leader) == (StayState.DRAFT, True)
    assert draft.id_number == lines[0]["班组长证件号码"]


def test_a_known_team_is_changed_and_the_same_again_changes_nothing(site, gc):
    first = line(site.main)
    imported("T2", site.project, [first], gc)
    second = {**first, "备注": "夜班", "责任人姓名": "李四"}

    assert imported("T2", site.project, [second], gc).imported == 1
    [team] = teams(first["班组名称"])
    assert (team.remark, team.responsible_name) == ("夜班", "李四")
    again = previewed("T2", site.project, [second], gc)
    assert (again.unchanged, again.failed) == (1, 0)


def test_what_is_wrong_is_named_by_row_and_column(site, gc):
    good = line(site.main)
    wrong = line(site.main, 班组工种="飞行员", 班组长证件号码="440703198504120003")
    foreign = line(site.far)
    reserved = line(site.main, 班组名称="项目管理部")
    early = line(site.main, 进场日期="2026-01-01")
    job = previewed("T2", site.project, [good, wrong, foreign, reserved, good, early], gc)

    assert {(row, column) for row, column, _level in problems(job)} == {
        (3, "班组工种"), (3, "班组长证件号码"), (4, "所属单位统一社会信用代码"),
        (5, "班组名称"), (6, "班组名称"), (7, "进场日期"),
    }  # fmt: skip
    assert not teams(good["班组名称"])


def test_a_leader_named_for_two_teams_leads_the_first_and_the_second_row_says_so(site, gc):
    first = line(site.main)
    leader = {name: first[name] for name in ("班组长姓名", "班组长证件号码", "班组长电话")}
    second = line(site.main, **leader)
    job = imported("T2", site.project, [first, second], gc)

    assert (job.state, job.imported) == (ImportState.DONE, 2), said(job)
    leading, other = teams(first["班组名称"], second["班组名称"])
    assert len(drafts_of(leading)) == 1
    assert not drafts_of(other)
    assert problems(job) == [(3, "班组长证件号码", "warning")]
    assert first["班组名称"] in said(job)


def test_a_team_twice_in_the_workbook_is_told_as_that(site, gc):
    job = previewed("T2", site.project, [line(site.main, 班组名称="同名班")] * 2, gc)

    assert problems(job) == [(3, "班组名称", "error")]
    assert "出现两次" in said(job)


def test_a_leader_of_another_name_is_a_data_conflict(site, gc):
    person = roster.worker(site.far_team)
    given = line(site.main, 班组长姓名="另有其人", 班组长证件号码=person.id_number)
    job = imported("T2", site.project, [given], gc)

    assert person.name in said(job)
    [team] = teams(given["班组名称"])
    [draft] = drafts_of(team)
    assert draft.conflicted
    assert draft.conflict == {"known": person.name, "given": "另有其人"}


def test_a_unit_of_another_name_is_a_warning(site, gc):
    job = previewed("T2", site.project, [line(site.main, 所属单位名称="别的公司")], gc)

    assert [level for _row, _column, level in problems(job)] == ["warning"]
    assert site.main.name in said(job)


def test_a_subcontractor_adds_teams_of_its_own_unit_alone(site):
    sub = principal_of(site.sub_user)
    job = previewed("T2", site.project, [line(site.side), line(site.main)], sub)

    assert problems(job) == [(3, "所属单位统一社会信用代码", "error")]


def test_new_teams_are_taken_back_with_the_drafts_of_their_leaders(site, gc):
    values = roster.team_values(site.main)
    run = taken("T2", site.project, [values], gc)
    [one] = run.taken
    assert (one.kind, run.dependants()) == (Kind.CREATED, [])

    run.undo()

    assert one.row.is_deleted
    assert drafts_of(one.row) == []
    again = taken("T2", site.project, [values], gc)
    assert again.taken[0].kind is Kind.CREATED


def test_a_team_somebody_has_joined_is_not_taken_back(site, gc):
    run = taken("T2", site.project, [roster.team_values(site.main)], gc)
    with scope.act_as(gc):
        services.enrol_workers(site.project, [roster.whole_values(run.taken[0].row)], actor=gc)

    [sentence] = run.dependants()

    assert run.taken[0].row.name in sentence


def test_changes_are_taken_back_the_leader_among_them(site, gc):
    values = roster.team_values(site.main)
    team = taken("T2", site.project, [values], gc).taken[0].row
    other = people.person()
    changed = {**values, "remark": "夜班", "leader_name": other.name,
               "leader_id_number": other.id_number}  # fmt: skip
    run = taken("T2", site.project, [changed], gc)
    assert (run.taken[0].kind, team.leader_name) == (Kind.UPDATED, other.name)

    run.undo()

    assert (team.remark, team.leader_name) == (None, values["leader_name"])
    assert [row.id_number for row in drafts_of(team)] == [values["leader_id_number"]]
